package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.lease;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.process.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The endpoint in a separate process, since the JDK's server reads its limits once per process. */
final class EndpointProcess implements AutoCloseable {
    private static final int PATIENCE_MILLIS = TimeLimit.millis(30_000);

    private final Process process;
    private final int port;

    private EndpointProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    private static final String PORT = "port=";

    /** @param limits system properties, {@code name=value} */
    static EndpointProcess with(String... limits) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(JavaProgram.java());
        Stream.of(limits).map("-D"::concat).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EndpointProcess.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        // the log is in the output too
        String port = out.lines()
                .filter(line -> line.startsWith(PORT))
                .findFirst()
                .orElseThrow()
                .substring(PORT.length());
        return new EndpointProcess(process, Integer.parseInt(port));
    }

    /** Serves a lease until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        try (TestEndpoint endpoint = new TestEndpoint()) {
            endpoint.leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
            System.out.println(PORT + endpoint.address().getPort());
            System.in.readAllBytes();
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
