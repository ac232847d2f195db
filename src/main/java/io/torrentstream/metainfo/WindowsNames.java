package io.torrentstream.metainfo;

import java.util.regex.Pattern;

/** The names that Windows takes for something else than a file of that name. */
final class WindowsNames {
  private static final String SPECIAL = "<>:\"|?*";

  /** Devices, with any extension: what is written to NUL.txt is gone. */
  private static final Pattern DEVICE =
      Pattern.compile(
          "(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00B9\u00B2\u00B3]) *(\\..*)?",
          Pattern.CASE_INSENSITIVE);

  private WindowsNames() {}

  /** Replaces special characters (a colon would open a hidden stream) and renames devices. */
  static String replaceSpecial(String name) {
    StringBuilder clean = new StringBuilder(name);
    for (int i = 0; i < clean.length(); i++) {
      if (SPECIAL.indexOf(clean.charAt(i)) >= 0) {
        clean.setCharAt(i, '_');
      }
    }
    return DEVICE.matcher(clean).matches() ? "_" + clean : clean.toString();
  }

  /** Replaces dots and blanks at the end, which Windows drops: "a." would be "a". */
  static String replaceEnd(String name) {
    int end = name.length();
    while (end > 0 && (name.charAt(end - 1) == '.' || name.charAt(end - 1) == ' ')) {
      end--;
    }
    return name.substring(0, end) + "_".repeat(name.length() - end);
  }
}
