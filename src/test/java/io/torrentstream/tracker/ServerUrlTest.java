package io.torrentstream.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.util.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerUrlTest {
  @ParameterizedTest
  @CsvSource({
    "http://a.example/announce,            http,  a.example,   80,   /announce",
    "HTTPS://A.Example/announce?x=1#frag,  https, a.example,   443,  /announce?x=1",
    "udp://a.example:1337/announce,        udp,   a.example,   1337, /announce",
    "udp://a.example,                      udp,   a.example,   80,   ''",
    "http://my_tracker:8080,               http,  my_tracker,  8080, ''",
    "http://a.example?x=1,                 http,  a.example,   80,   /?x=1",
    "http://127.0.0.1:6969/a,              http,  127.0.0.1,   6969, /a",
    "http://[::1]:6969/a,                  http,  ::1,         6969, /a",
    "http://[2001:db8::7]/a,               http,  2001:db8::7, 80,   /a",
    "http://bücher.example/a,              http,  xn--bcher-kva.example, 80, /a",
    "http://a。example./a,                  http,  a.example.,  80,   /a",
    "'http://a.example/a b|{c}',           http,  a.example,   80,   /a%20b%7C%7Bc%7D",
    "http://a.example/%C3%A4/ä,            http,  a.example,   80,   /%C3%A4/%C3%A4",
    "'  http://a.example/  ',              http,  a.example,   80,   /",
  })
  void reads(String text, String scheme, String host, int port, String target)
      throws ProtocolException {
    assertEquals(new ServerUrl(scheme, host, port, target), ServerUrl.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "announce",
        "file:///etc/passwd",
        "jar:http://a.example/x!/y",
        "gopher://a.example:70/",
        "wss://a.example/announce",
        "http://",
        "http:///announce",
        "http://a.example:0/",
        "http://a.example:65536/",
        "http://a.example:99999999999/",
        "http://a.example:-1/",
        "http://a.example:/",
        "http://user:secret@a.example/",
        "http://a b/",
        "http://[::1/",
        "http://[127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[::zz]/",
        "http://a.example/\r\nX: y",
        "http://a.example/\u0000",
        "http://a..example\u0001/",
        "http://a..example/",
        "http://.example/",
      })
  void refuses(String text) {
    assertThrows(ProtocolException.class, () -> ServerUrl.parse(text));
  }

  @Test
  void refusesEndlessAddresses() {
    assertThrows(ProtocolException.class, () -> ServerUrl.parse("http://a/" + "x".repeat(1 << 20)));
    assertThrows(ProtocolException.class, () -> ServerUrl.parse("http://" + "x".repeat(300) + "/"));
    assertThrows(
        ProtocolException.class, () -> ServerUrl.parse("http://" + "x".repeat(64) + ".a/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.example/PASSKEY/announce",
        "http://a.example/announce?k=PASSKEY",
        "udp://a.example:1/PASSKEY",
        "http://a.example:0/PASSKEY",
        "foo://a.example/PASSKEY",
        "foo://PASSKEY@a.example/",
        "http://PASSKEY@a.example/",
        "http://a.example?PASSKEY",
        "PASSKEY",
      })
  void neverShowsAPasskey(String text) {
    String shown;
    try {
      shown = ServerUrl.parse(text).toString();
    } catch (ProtocolException e) {
      shown = e.getMessage();
    }
    assertFalse(shown.contains("PASSKEY"), shown);
    assertFalse(ServerUrl.hide(text).contains("PASSKEY"), ServerUrl.hide(text));
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example/announce,        http://a.example/announce",
    "http://a.example:80/scrape,       http://a.example/scrape",
    "https://a.example:80,             https://a.example:80",
    "http://[::1]:6969/announce,       http://[::1]:6969/announce",
    "http://a.example/announce?x,      http://a.example/...",
    "udp://a.example:80/announce,      udp://a.example:80/announce",
  })
  void showsWhatIsNoSecret(String text, String shown) throws ProtocolException {
    assertEquals(shown, ServerUrl.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example/x/y?q=1, https://b.example/z,  https://b.example:443/z",
    "http://a.example/x/y?q=1, //b.example/z,        http://b.example:80/z",
    "http://a.example/x/y?q=1, /z?r=2,               http://a.example:80/z?r=2",
    "http://a.example/x/y?q=1, z,                    http://a.example:80/x/z",
    "http://a.example/x/y?q=1, ?r=2,                 http://a.example:80/x/y?r=2",
    "http://a.example,         z,                    http://a.example:80/z",
    "http://a.example,         ?r=2,                 http://a.example:80/?r=2",
  })
  void resolvesRedirects(String from, String location, String to) throws ProtocolException {
    ServerUrl url = ServerUrl.parse(from).resolve(location);
    assertEquals(to, url.scheme() + "://" + url.host() + ":" + url.port() + url.target());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file:/etc/passwd", "javascript:1", "jar:file:/x!/y", "ftp://a/", "/\r\nX: y"})
  void redirectsToNothingLocal(String location) throws ProtocolException {
    ServerUrl from = ServerUrl.parse("http://a.example/x");
    assertThrows(ProtocolException.class, () -> from.resolve(location));
  }
}
