package io.mesosiam.fakes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A receiver of traces: OTLP over HTTP, in protobuf's binary form. It reads the fields that tests look at, and skips others.
 *
 * @see <a href="https://github.com/open-telemetry/opentelemetry-proto">the messages</a>
 */
public final class TraceReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    /**
     * A span.
     *
     * @param parent empty for the root
     * @param start in nanoseconds since 1970
     * @param failed whether its status is an error
     */
    public record Span(
            String trace,
            String id,
            String parent,
            String name,
            long start,
            long end,
            Map<String, String> attributes,
            boolean failed) {}

    private TraceReceiver(HttpServer server) {
        this.server = server;
    }

    /** Listens on loopback. */
    public static TraceReceiver start() {
        try {
            TraceReceiver receiver =
                    new TraceReceiver(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            receiver.server.createContext("/v1/traces", receiver::receive);
            receiver.server.start();
            return receiver;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it receives traces. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces");
    }

    /** What it has received. */
    public List<Span> spans() {
        return List.copyOf(spans);
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] request = exchange.getRequestBody().readAllBytes();
            // ExportTraceServiceRequest.resource_spans, ResourceSpans.scope_spans, ScopeSpans.spans
            for (Message resource : new Message(request).messages(1)) {
                for (Message scope : resource.messages(2)) {
                    scope.messages(2).stream().map(TraceReceiver::span).forEach(spans::add);
                }
            }
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Span span(Message span) {
        Map<String, String> attributes = new TreeMap<>();
        for (Message attribute : span.messages(9)) {
            attributes.put(attribute.text(1), attribute.messages(2).getFirst().text(1));
        }
        return new Span(
                span.hex(1),
                span.hex(2),
                span.hex(4),
                span.text(5),
                span.number(7),
                span.number(8),
                attributes,
                span.messages(15).stream().anyMatch(status -> status.number(3) == 2));
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** A message in protobuf's binary form: its fields by number, each with its values in order. */
    private static final class Message {
        private static final byte[] NONE = {};

        private final Map<Long, List<Object>> fields = new TreeMap<>();

        Message(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                long key = varint(in);
                Object value =
                        switch ((int) (key & 7)) {
                            case 0 -> varint(in);
                            case 1 -> in.getLong();
                            case 2 -> {
                                byte[] content = new byte[Math.toIntExact(varint(in))];
                                in.get(content);
                                yield content;
                            }
                            case 5 -> (long) in.getInt();
                            default -> throw new IllegalArgumentException("no wire type of protobuf: " + (key & 7));
                        };
                fields.computeIfAbsent(key >>> 3, _ -> new ArrayList<>()).add(value);
            }
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                byte part = in.get();
                value |= (part & 0x7fL) << shift;
                if (part >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a varint has at most ten bytes");
        }

        private List<Object> values(long field) {
            return fields.getOrDefault(field, List.of());
        }

        List<Message> messages(long field) {
            return values(field).stream()
                    .map(content -> new Message((byte[]) content))
                    .toList();
        }

        long number(long field) {
            return values(field).isEmpty() ? 0 : (long) values(field).getFirst();
        }

        String hex(long field) {
            return HexFormat.of().formatHex(bytes(field));
        }

        String text(long field) {
            return new String(bytes(field), StandardCharsets.UTF_8);
        }

        private byte[] bytes(long field) {
            return values(field).isEmpty() ? NONE : (byte[]) values(field).getFirst();
        }
    }
}
