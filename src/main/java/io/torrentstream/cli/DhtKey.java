package io.torrentstream.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.torrentstream.dht.Item;
import io.torrentstream.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The keys and salts of mutable items (BEP 44) as users have them: files, digits and texts. */
final class DhtKey {
  private static final HexFormat HEX = HexFormat.of();

  private DhtKey() {}

  /**
   * The secret in a file, 64 hexadecimal digits; makes the file, for its owner's eyes only, if it
   * is not there.
   */
  static byte[] read(Path file) throws CliException {
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      String digits = Files.size(file) > 1024 ? "" : Files.readString(file, ISO_8859_1).strip();
      if (!digits.matches("[0-9a-fA-F]{64}")) {
        throw new CliException(
            Reason.USAGE, "--key: " + file + " (expected: 64 hexadecimal digits)");
      }
      return HEX.parseHex(digits);
    } catch (IOException e) {
      throw new CliException(
          Reason.USAGE, "--key: " + StorageException.of(file, e).getMessage(), null, e);
    }
  }

  private static void create(Path file) throws IOException {
    byte[] seed = new byte[Item.SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Files.createFile(file, ownerOnly);
    Files.writeString(file, HEX.formatHex(seed) + "\n");
  }

  static byte[] publicKey(String hex) throws CliException {
    if (!hex.matches("[0-9a-fA-F]{64}")) {
      throw new CliException(
          Reason.INVALID_MAGNET, "public key: " + hex + " (expected: 64 hexadecimal digits)");
    }
    return HEX.parseHex(hex);
  }

  static byte[] salt(String text) throws CliException {
    byte[] salt = text.getBytes(StandardCharsets.UTF_8);
    if (salt.length > Item.MAX_SALT_BYTES) {
      throw new CliException(
          Reason.USAGE, "--salt: " + text + " (expected: <= " + Item.MAX_SALT_BYTES + " bytes)");
    }
    return salt;
  }
}
