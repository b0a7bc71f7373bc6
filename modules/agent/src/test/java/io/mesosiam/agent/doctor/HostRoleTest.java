package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asking a metadata service which role the host has. A real HTTP server in the role of EC2's. */
class HostRoleTest {
    private final List<String> requests = new ArrayList<>();
    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            200, web-host,             Present[name=web-host]
            200, 'web-host\n',        Present[name=web-host]
            404, not found,            None[]
            200, <html>,               Unknown[reason=the metadata service answers with no name of a role]
            200, 'one\ntwo',          Unknown[reason=the metadata service answers with no name of a role]
            500, '',                   Unknown[reason=the metadata service answers with status 500]
            """)
    void serviceSaysWhichRoleTheHostHas(int status, String body, String role) throws IOException {
        InetSocketAddress service = service(200, "a-token", status, body.replace("\\n", "\n"));

        assertThat(ask(service)).hasToString(role);
        assertThat(requests)
                .containsExactly("PUT /latest/api/token ", "GET /latest/meta-data/iam/security-credentials/ a-token");
    }

    @Test
    void serviceOfVersionOneNeedsNoToken() throws IOException {
        assertThat(ask(service(404, "", 200, "old-host"))).isEqualTo(new HostRole.Present("old-host"));
        assertThat(requests).last().isEqualTo("GET /latest/meta-data/iam/security-credentials/ ");
    }

    @Test
    void addressWithoutAServiceIsSkippedAndAHostWithoutOneHasNoRole() throws IOException {
        InetSocketAddress none = new InetSocketAddress(InetAddress.getLoopbackAddress(), TestPort.claim());

        assertThat(ask(none)).isEqualTo(new HostRole.None());
        assertThat(ask(none, service(200, "t", 200, "second"))).isEqualTo(new HostRole.Present("second"));
    }

    @ParameterizedTest
    @CsvSource({
        "200, web-host, WARNING, 'the host has the IAM role web-host'",
        "404, '', OK, no IAM role of its own",
        "503, '', WARNING, not known"
    })
    void doctorWarnsOfARole(int status, String body, Level level, String text) throws IOException {
        Finding finding = new HostRoleCheck(List.of(service(200, "t", status, body)))
                .findings()
                .getFirst();

        assertThat(finding.level()).isEqualTo(level);
        assertThat(finding.text()).contains(text);
        assertThat(finding.check()).isEqualTo("host-role");
    }

    private static HostRole ask(InetSocketAddress... services) {
        return HostRole.ask(List.of(services), TimeLimit.millis(5_000));
    }

    private InetSocketAddress service(int tokenStatus, String token, int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        servers.add(server);
        server.createContext("/", exchange -> {
            boolean put = exchange.getRequestMethod().equals("PUT");
            String presented = exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token");
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + (presented == null ? "" : presented));
            byte[] answer = (put ? token : body).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(put ? tokenStatus : status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server.getAddress();
    }
}
