package io.mesosiam.trial;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.mesosiam.fakes.HttpFaults;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A master's {@code /state} that has grown by frameworks which ended long ago, each with a thousand completed tasks. */
final class LargeState implements HttpFaults.Answer {
    private static final String PLAIN = "Mesos-IAM-Trial-Plain";
    private static final String LIST = "\"completed_frameworks\":[";
    private static final int TASKS = 1000;

    private final URI master;
    private final long bytes;

    LargeState(URI master, long bytes) {
        this.master = master;
        this.bytes = bytes;
    }

    @Override
    public void give(HttpExchange exchange, HttpFaults.Request request, HttpHandler own) throws IOException {
        if (exchange.getRequestHeaders().containsKey(PLAIN)) {
            own.handle(exchange);
            return;
        }
        String state = plain();
        int at = state.indexOf(LIST) + LIST.length();
        String rest = state.substring(at);
        byte[] framework = framework().getBytes(StandardCharsets.UTF_8);
        long count = bytes / framework.length;
        byte[] front = state.substring(0, at).getBytes(StandardCharsets.UTF_8);
        byte[] back = ((rest.startsWith("]") ? "" : ",") + rest).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, front.length + count * framework.length + count - 1 + back.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(front);
            for (long i = 0; i < count; i++) {
                if (i > 0) {
                    out.write(',');
                }
                out.write(framework);
            }
            out.write(back);
        }
    }

    private String plain() throws IOException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(master.resolve("/state"))
                                    .header(PLAIN, "1")
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static String framework() {
        String tasks = IntStream.range(0, TASKS).mapToObj(LargeState::task).collect(Collectors.joining(","));
        return "{\"id\":\"old\",\"name\":\"old\",\"principal\":\"old\",\"active\":false,\"tasks\":[],\"executors\":[],"
                + "\"unreachable_tasks\":[],\"completed_tasks\":[" + tasks + "]}";
    }

    private static String task(int number) {
        return """
            {"id":"old-%d","name":"old","framework_id":"old","executor_id":"","slave_id":"old-S0","agent_id":"old-S0","state":"TASK_FINISHED",\
            "resources":{"disk":0.0,"mem":128.0,"gpus":0.0,"cpus":1.0},"role":"web","statuses":[{"state":"TASK_RUNNING","timestamp":1.5e9,\
            "container_status":{"container_id":{"value":"b2f3a0a6-7c5f-4a55-9a7e-3f0e3c1c8e55"},"network_infos":[{"ip_addresses":[{"protocol":\
            "IPv4","ip_address":"10.0.0.7"}]}]}},{"state":"TASK_FINISHED","timestamp":1.6e9}],"labels":[{"key":"team","value":"%s"}]}""".formatted(number, "x".repeat(300));
    }
}
