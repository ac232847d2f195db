package io.torrentstream.tracker;

import io.torrentstream.util.PrintableText;
import io.torrentstream.util.ProtocolException;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a tracker, or of a web server that has a .torrent: {@code http}, {@code https} or
 * {@code udp}. Immutable. Everything that is asked over the network passes through {@link #parse},
 * so no other scheme, no line break and no local file can be reached with an address from a
 * torrent, whatever it says.
 *
 * <p>{@code java.net.URI} is not used for this: it finds no host in {@code http://my_tracker/} and
 * rejects a blank or a brace in a query, both of which real torrents contain.
 *
 * @param scheme lower case
 * @param host a name in ASCII (international names in their {@code xn--} form, so that look-alikes
 *     show), an IPv4 or an IPv6 literal without brackets
 * @param port 1..65535
 * @param target path and query as they are sent: printable ASCII, empty or beginning with a slash
 */
public record ServerUrl(String scheme, String host, int port, String target) {
  private static final Set<String> SCHEMES = Set.of("http", "https", "udp");
  private static final int MAX_LENGTH = 8192;
  private static final int SHOWN_LENGTH = 200;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final Pattern HOST_NAME =
      Pattern.compile("(?=.{1,253}$)[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*\\.?");
  private static final Pattern HIDING =
      Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/?#]*@)?([^/?#]*)");

  /**
   * Reads an absolute URL. A fragment is dropped; characters that a request line cannot carry are
   * percent-encoded.
   *
   * @throws ProtocolException when it is none that can be asked; the message hides path and query
   */
  public static ServerUrl parse(String text) throws ProtocolException {
    String url = text.strip();
    int schemeEnd = url.indexOf("://");
    if (schemeEnd <= 0 || url.length() > MAX_LENGTH) {
      throw new ProtocolException("URL: " + hide(url) + " (expected: http, https or udp)");
    }
    String scheme = url.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme)) {
      throw new ProtocolException(
          "URL scheme: " + PrintableText.of(scheme, 20) + " (expected: http, https or udp)");
    }
    int start = schemeEnd + 3;
    int end = start;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String authority = url.substring(start, end);
    int portAt = authority.lastIndexOf(':');
    boolean hasPort = portAt > authority.lastIndexOf(']');
    return new ServerUrl(
        scheme,
        host(hasPort ? authority.substring(0, portAt) : authority),
        hasPort ? port(authority.substring(portAt + 1)) : scheme.equals("https") ? 443 : 80,
        target(url.substring(end)));
  }

  /** The address that a redirect from here names, which may be relative (RFC 9110, 10.2.2). */
  public ServerUrl resolve(String location) throws ProtocolException {
    String to = location.strip();
    if (to.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*")) {
      return parse(to);
    }
    if (to.startsWith("//")) {
      return parse(scheme + ":" + to);
    }
    String base = path();
    String directory = base.substring(0, base.lastIndexOf('/') + 1);
    String absolute =
        to.startsWith("/") ? to : to.startsWith("?") ? base + to : "/" + directory + to;
    return new ServerUrl(scheme, host, port, target(absolute.replaceFirst("^//+", "/")));
  }

  public boolean isUdp() {
    return scheme.equals("udp");
  }

  public boolean isSecure() {
    return scheme.equals("https");
  }

  /** What stands before the question mark; may be empty. */
  public String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** What stands after the question mark, or an empty string. */
  public String query() {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }

  /** This address with another path; the query stays. */
  public ServerUrl withPath(String path) {
    return new ServerUrl(scheme, host, port, path + target.substring(path().length()));
  }

  /** This address with {@code parameters} after those it has; a tracker's own come first. */
  public ServerUrl withParameters(String parameters) {
    String path = path().isEmpty() ? "/" : path();
    String query = query().isEmpty() ? parameters : query() + "&" + parameters;
    return new ServerUrl(scheme, host, port, path + "?" + query);
  }

  /** Host and port as a {@code Host} header has them: brackets for IPv6, no default port. */
  public String authority() {
    String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
    boolean isDefault = port == 443 && isSecure() || port == 80 && scheme.equals("http");
    return isDefault ? bracketed : bracketed + ":" + port;
  }

  // Written out: the first use of generated ones takes 20 ms, on the way to the first announce.
  @Override
  public boolean equals(Object o) {
    return o instanceof ServerUrl other
        && port == other.port
        && scheme.equals(other.scheme)
        && host.equals(other.host)
        && target.equals(other.target);
  }

  @Override
  public int hashCode() {
    return host.hashCode() ^ target.hashCode();
  }

  /**
   * The address for people: paths and queries of private trackers hold the user's passkey, so
   * anything but a plain {@code /announce} or {@code /scrape} shows as dots.
   */
  @Override
  public String toString() {
    boolean plain = target.isEmpty() || target.matches("/(announce|scrape)?");
    return scheme + "://" + authority() + (plain ? target : "/...");
  }

  /** Any text that should have been a URL, for people: without user name, path and query. */
  public static String hide(String text) {
    Matcher parts = HIDING.matcher(text.strip());
    return parts.find()
        ? PrintableText.of(parts.group(1) + parts.group(2), SHOWN_LENGTH) + "/..."
        : "(no address)";
  }

  private static String host(String text) throws ProtocolException {
    if (text.startsWith("[") && text.endsWith("]")) {
      String literal = text.substring(1, text.length() - 1);
      if (IpLiteral.parse(literal) == null || literal.indexOf(':') < 0) {
        throw new ProtocolException("URL host: malformed IPv6 address");
      }
      return literal;
    }
    // User names would need a password store and a header that redirects must not carry on.
    if (text.indexOf('@') >= 0) {
      throw new ProtocolException("URL host: with a user name (expected: none)");
    }
    String name = text.toLowerCase(Locale.ROOT);
    if (!HOST_NAME.matcher(name).matches()) { // IDN's tables are loaded for no other
      name = ascii(text);
    }
    if (HOST_NAME.matcher(name).matches()) {
      return name;
    }
    throw new ProtocolException("URL host: " + PrintableText.of(text, 60) + " (expected: a name)");
  }

  /** An international name in its {@code xn--} form; empty when it has none. */
  private static String ascii(String text) {
    try {
      return IDN.toASCII(text).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static int port(String text) throws ProtocolException {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    }
    throw new ProtocolException(
        "URL port: " + PrintableText.of(text, 20) + " (expected: 1..65535)");
  }

  private static String target(String text) throws ProtocolException {
    int fragment = text.indexOf('#');
    String raw = fragment < 0 ? text : text.substring(0, fragment);
    StringBuilder target = new StringBuilder(raw.startsWith("?") ? "/" : "");
    for (byte b : raw.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xFF;
      // A line break here would let a torrent write its own headers, or a second request.
      if (c < 0x20 || c == 0x7F) {
        throw new ProtocolException("URL: control character in it");
      }
      if (c > 0x7F || " \"<>\\^`{|}".indexOf(c) >= 0) {
        target.append('%').append(HEX.toHexDigits(b)); // not by format: it takes 2 µs a byte
      } else {
        target.append((char) c);
      }
    }
    return target.toString();
  }
}
