// Java's own com.sun.net.httpserver, virtual-thread free: a small JSON reader, since the JDK has none; 200.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

public class HookServer {
  private static final byte[] SECRET = System.getenv("HOOK_SECRET").getBytes(StandardCharsets.UTF_8);
  private static final int LIMIT = 10_000_000;
  private static final Set<String> handled = ConcurrentHashMap.newKeySet();

  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 128);
    server.setExecutor(Executors.newFixedThreadPool(32));
    server.createContext("/handled", exchange -> answer(exchange, 200, "{\"count\":" + handled.size() + "}"));
    server.createContext("/okta/events", HookServer::hook);
    server.start();
  }

  private static void hook(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LIMIT + 1);
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    if (given == null || !MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), SECRET)) {
      answer(exchange, 401, null);
    } else if (exchange.getRequestMethod().equals("GET")) {
      String challenge = exchange.getRequestHeaders().getFirst("X-Okta-Verification-Challenge");
      answer(exchange, challenge == null ? 400 : 200, challenge == null ? null : "{\"verification\":" + quote(challenge) + "}");
    } else if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, null);
    } else if (body.length > LIMIT) {
      answer(exchange, 413, null);
    } else {
      answer(exchange, deliver(body) ? 200 : 400, null);
    }
  }

  private static boolean deliver(byte[] body) {
    List<String> uuids = new ArrayList<>();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      Map<?, ?> data = (Map<?, ?>) ((Map<?, ?>) new Json(text).document()).get("data");
      for (Object event : (List<?>) data.get("events")) {
        uuids.add(((String) ((Map<?, ?>) event).get("uuid")).toString());
      }
    } catch (CharacterCodingException | RuntimeException | StackOverflowError unreadable) {
      return false;
    }
    handled.addAll(uuids);
    return true;
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
    if (json != null) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      quoted.append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
    }
    return quoted.append('"').toString();
  }

  /** Reads JSON into maps, lists, strings, numbers, booleans and null. */
  private static final class Json {
    private final String text;
    private int at;

    Json(String text) {
      this.text = text;
    }

    Object document() {
      Object value = value(0);
      if (peek() != '\0' || at < text.length()) {
        throw new IllegalArgumentException("more follows");
      }
      return value;
    }

    private Object value(int depth) {
      if (depth > 500) {
        throw new IllegalArgumentException("too deep");
      }
      char c = peek();
      if (c == '{') {
        Map<String, Object> map = new LinkedHashMap<>();
        at++;
        for (boolean first = true; !take('}'); first = false) {
          if (!first) {
            expect(',');
          }
          peek();
          String key = string();
          expect(':');
          map.put(key, value(depth + 1));
        }
        return map;
      }
      if (c == '[') {
        List<Object> list = new ArrayList<>();
        at++;
        for (boolean first = true; !take(']'); first = false) {
          if (!first) {
            expect(',');
          }
          list.add(value(depth + 1));
        }
        return list;
      }
      if (c == '"') {
        return string();
      }
      int from = at;
      while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String word = text.substring(from, at);
      return switch (word) {
        case "true" -> Boolean.TRUE;
        case "false" -> Boolean.FALSE;
        case "null" -> null;
        default -> {
          if (!word.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            throw new IllegalArgumentException(word);
          }
          yield Double.valueOf(word);
        }
      };
    }

    private String string() {
      expect('"');
      StringBuilder found = new StringBuilder();
      while (true) {
        char c = text.charAt(at++);
        if (c == '"') {
          return found.toString();
        }
        if (c < ' ') {
          throw new IllegalArgumentException("control character");
        }
        if (c != '\\') {
          found.append(c);
          continue;
        }
        c = text.charAt(at++);
        int index = "\"\\/bfnrt".indexOf(c);
        if (c == 'u') {
          found.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        } else if (index >= 0) {
          found.append("\"\\/\b\f\n\r\t".charAt(index));
        } else {
          throw new IllegalArgumentException("escape");
        }
      }
    }

    private char peek() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean take(char wanted) {
      boolean found = peek() == wanted;
      at += found ? 1 : 0;
      return found;
    }

    private void expect(char wanted) {
      if (!take(wanted)) {
        throw new IllegalArgumentException("wanted " + wanted);
      }
    }
  }
}
