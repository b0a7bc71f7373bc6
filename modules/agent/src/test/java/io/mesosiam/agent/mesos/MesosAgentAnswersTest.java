package io.mesosiam.agent.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers of the Mesos agent that are used or refused. */
class MesosAgentAnswersTest extends MesosAgentFixture {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 Unauthorized | it answers 401: it requires a known principal",
                "403 Forbidden | it answers 403: its ACLs",
                "503 Service Unavailable | it answers 503",
                "307 Temporary Redirect | it answers 307"
            })
    void errorStatusIsReported(String status, String why) throws IOException {
        FakeMesosAgent fake = fake("HTTP/1.1 " + status
                + "\r\nWWW-Authenticate: Basic realm=\"mesos-agent-readwrite\"\r\nContent-Length: 0\r\n\r\n");

        assertThatThrownBy(() -> agent(fake).containers()).hasMessageStartingWith(why);
    }

    @Test
    void filteredAnswerIsUsed() throws IOException {
        FakeMesosAgent fake = fake(FakeMesosAgent.ok("{\"type\":\"GET_CONTAINERS\",\"get_containers\":{}}"));

        assertThat(agent(fake).containers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"GET_CONTAINERS\",\"get_containers\":{\"containers\":[",
                "{\"type\":\"GET_HEALTH\",\"get_health\":{\"healthy\":true}}",
                "[]",
                "{\"get_containers\":{\"containers\":[{\"container_status\":{\"container_id\":{\"value\":\"../x\"}}}]}}",
                "{\"get_containers\":{\"containers\":[1]}}"
            })
    void otherAnswersAreRefused(String body) throws IOException {
        FakeMesosAgent fake = fake(FakeMesosAgent.ok(body));

        assertThatThrownBy(() -> agent(fake).containers()).isInstanceOf(IOException.class);
    }

    @Test
    void truncatedAnswerIsNotAShorterList() throws IOException {
        String whole = FakeMesosAgent.STANDALONE;
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        open.push(server);
        Thread.ofVirtual().start(() -> {
            try (var accepted = server.accept()) {
                readHead(accepted);
                accepted.getOutputStream()
                        .write(whole.substring(0, whole.length() - 3).getBytes(StandardCharsets.UTF_8));
                accepted.shutdownOutput();
                readHead(accepted);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThatThrownBy(() -> agent(URI.create("http://127.0.0.1:" + server.getLocalPort()), ROOT, Optional.empty())
                        .containers())
                .hasMessageMatching("the answer ends after \\d+ of \\d+ bytes");
    }

    private static void readHead(Socket accepted) throws IOException {
        int ignored = accepted.getInputStream().read(new byte[4096]);
    }

    @Test
    void hangingAgentTimesOut() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        FakeMesosAgent fake = FakeMesosAgent.start(head -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "";
        });
        open.push(fake);
        var settings = new MesosAgentSettings(
                fake.address(), Optional.empty(), Optional.of(credential), ROOT, Optional.empty());

        assertThatThrownBy(() -> new MesosAgentApi(settings, Duration.ofMillis(300)).containers())
                .hasMessage("no answer in 300 ms");
        over.countDown();
    }

    @Test
    void secretIsInNoMessage() throws IOException {
        Files.writeString(credential, "a b c s3cret");
        FakeMesosAgent fake = fake(FakeMesosAgent.STANDALONE);

        assertThatThrownBy(() -> agent(fake).containers())
                .hasMessage(credential + " must contain a principal and a secret with white space between them");
        assertThat(new Credential("iam-agent", "s3cret")).hasToString("iam-agent ***");
        assertThat(agent(fake).toString()).doesNotContain("s3cret");
    }
}
