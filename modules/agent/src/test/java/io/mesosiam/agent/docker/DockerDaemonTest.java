package io.mesosiam.agent.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.docker.DockerAnswer.Failed;
import io.mesosiam.agent.docker.DockerAnswer.Known;
import io.mesosiam.agent.docker.DockerAnswer.NotHere;
import io.mesosiam.agent.docker.DockerAnswer.TooLong;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerDaemonTest {
    private static final String ID = "0123456789abcdef".repeat(4);
    /** For a daemon that answers. */
    private static final Duration LIMIT = TimeLimit.seconds(5);

    /** For a daemon that does not answer. */
    private static final Duration SOON = Duration.ofMillis(300);

    private FakeDocker docker;

    @BeforeEach
    void start() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED, Docker's socket has to be root's: not root");
        }
        assumeTrue(root, "not root");
        docker = FakeDocker.start();
    }

    @AfterEach
    void stop() throws IOException {
        if (docker != null) {
            docker.close();
        }
    }

    private DockerAnswer inspect() {
        return new DockerDaemon(docker.socket(), LIMIT).inspect(ID);
    }

    @Test
    void nameAndFirstProcessAreRead() {
        docker.has(ID, "mesos-task", 4711);

        assertThat(inspect()).isEqualTo(new Known("mesos-task", 4711));
    }

    @Test
    void unknownContainerIsNotHere() {
        assertThat(inspect()).isEqualTo(new NotHere());
    }

    @Test
    void answerWithoutALengthIsReadToItsEnd() {
        docker.does(
                ID,
                out -> out.write(
                        ("HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"" + ID + "\",\"Name\":\"/a\"}").getBytes(US_ASCII)));

        assertThat(inspect()).isEqualTo(new Known("a", 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SSH-2.0-OpenSSH_9.9\r\n",
                "HTTP/1.0 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\n{\"Name\":\"/mesos-task\"}",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n[]",
                "HTTP/1.0 200 OK\r\n\r\nnull",
                "HTTP/1.0 200 OK\r\n\r\n{\"Id\":",
                "HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"ID\",\"Name\":\"/mesos-one\",\"Name\":\"/mesos-two\"}",
                "HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"ffff\",\"Name\":\"/mesos-task\",\"State\":{\"Pid\":1}}"
            })
    void unusableAnswerIsAFailure(String answer) {
        docker.does(
                ID, out -> out.write(answer.replace("\"ID\"", "\"" + ID + "\"").getBytes(US_ASCII)));

        assertThat(inspect()).isInstanceOf(Failed.class);
    }

    @Test
    void endlessAnswerIsCutOff() {
        docker.does(ID, out -> {
            out.write("HTTP/1.0 200 OK\r\n\r\n{\"Name\":\"".getBytes(US_ASCII));
            byte[] much = "a".repeat(1 << 16).getBytes(US_ASCII);
            for (int written = 0; written < 1 << 30; written += much.length) {
                out.write(much);
            }
        });

        assertThat(new DockerDaemon(docker.socket(), Duration.ofMinutes(1)).inspect(ID))
                .isEqualTo(new TooLong("the answer is longer than 1048576 bytes"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answerWithManyLabelsIsUsedBecauseTheNamePrecedesThem(boolean withLength) {
        StringBuilder labels = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            labels.append(",\"label-").append(i).append("\":\"value\"");
        }
        String body =
                "{\"Id\":\"" + ID + "\",\"State\":{\"Pid\":4711},\"Name\":\"/mesos-task\",\"Config\":{\"Labels\":{"
                        + labels.substring(1) + "}}}";
        docker.does(
                ID,
                out -> out.write(("HTTP/1.0 200 OK\r\n"
                                + (withLength ? "Content-Length: " + body.length() + "\r\n" : "") + "\r\n" + body)
                        .getBytes(US_ASCII)));

        assertThat(body).hasSizeGreaterThan(DockerDaemon.MAX_BODY);
        assertThat(inspect()).isEqualTo(new Known("mesos-task", 4711));
    }

    @Test
    void labelWithALongNameIsIgnored() {
        docker.does(
                ID,
                out -> out.write(("HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"" + ID
                                + "\",\"State\":{\"Pid\":4711},\"Name\":\"/mesos-task\",\"Config\":{\"Labels\":{\""
                                + "a".repeat(200_000) + "\":\"\"}}}")
                        .getBytes(US_ASCII)));

        assertThat(inspect()).isEqualTo(new Known("mesos-task", 4711));
    }

    @Test
    void argumentsThatLeaveNoRoomForTheNameAreTooLong() {
        docker.does(
                ID,
                out -> out.write(("HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"" + ID + "\",\"Args\":[\"" + "a".repeat(1 << 20)
                                + "\"],\"State\":{\"Pid\":4711},\"Name\":\"/mesos-task\"}")
                        .getBytes(US_ASCII)));

        assertThat(inspect()).isEqualTo(new TooLong("the answer is longer than 1048576 bytes"));
    }

    @Test
    void hangingDaemonTimesOut() {
        CountDownLatch over = new CountDownLatch(1);
        docker.does(ID, out -> {
            out.write("HTTP/1.0 200 OK\r\n".getBytes(US_ASCII));
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });

        assertThat(new DockerDaemon(docker.socket(), SOON).inspect(ID)).isEqualTo(new Failed("no answer in 300 ms"));
        over.countDown();
    }

    @Test
    void socketOfAnotherUserIsNotUsed() throws IOException {
        docker.has(ID, "mesos-task", 4711);
        Files.setAttribute(docker.socket(), "unix:uid", 65534);

        assertThat(inspect()).isEqualTo(new Failed(docker.socket() + " isn't root's"));
        assertThat(docker.requests()).isZero();
    }

    @Test
    void missingSocketIsAFailure() {
        assertThat(new DockerDaemon(Path.of("/run/no/docker.sock"), SOON).inspect(ID))
                .isEqualTo(new Failed("there is no /run/no/docker.sock"));
    }

    @Test
    void socketWithoutAListenerRefusesTheConnection() throws IOException {
        docker.stopListening();

        assertThat(inspect()).isEqualTo(new Failed(docker.socket() + ": connection refused"));
    }
}
