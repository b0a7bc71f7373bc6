package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.ContainerReach.Tried;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which networks are tried, and for how long. No network of this procfs can be entered. */
class ContainerReachTest {
    @TempDir
    private Path proc;

    private int pids;

    @BeforeEach
    void host() throws IOException {
        process("self", "/");
    }

    private void process(String pid, String cgroup) throws IOException {
        Path network = Files.createDirectories(proc.resolve(pid).resolve("ns")).resolve("net");
        Files.createSymbolicLink(network, Path.of("net:[" + ++pids + "]"));
        Files.writeString(proc.resolve(pid).resolve("cgroup"), "0::" + cgroup + "\n");
    }

    private void container(String group) throws IOException {
        process(Integer.toString(100 + pids), "/mesos/" + group);
    }

    private List<String> tried() throws IOException {
        return new ContainerReach(proc, "mesos")
                .tried().tried().stream().map(Tried::container).toList();
    }

    @Test
    void oneNetworkOfEachOutermostContainerIsTriedFirst() throws IOException {
        for (int i = 10; i < 40; i++) {
            container("a/mesos/" + i);
        }
        container("b");
        container("c/mesos/1");

        assertThat(tried()).hasSize(16).startsWith("a/10", "b", "c/1", "a/11");
        assertThat(new ContainerReach(proc, "mesos").tried().leftOut()).isEqualTo(16);
    }

    @Test
    void processThatHasEndedSinceItWasListedIsSkipped() throws IOException {
        container("a");
        Files.delete(proc.resolve("101/ns/net"));
        container("b");

        assertThat(tried()).containsExactly("b");
    }

    /** The containers of a network may run it. */
    @Test
    void serverThatSendsByteByByteHoldsUpARequestForTwiceTheWaitAtMost() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread sender = Thread.ofVirtual().start(() -> sendSlowly(server));
            CompletableFuture<String> answer =
                    CompletableFuture.supplyAsync(() -> ReachRequest.send("127.0.0.1", server.getLocalPort(), 500));

            assertThat(answer.get(TimeLimit.seconds(6).toSeconds(), TimeUnit.SECONDS))
                    .matches("a+");
            sender.join();
        }
    }

    /** Until the caller closes the connection. */
    private static void sendSlowly(ServerSocket server) {
        try (Socket caller = server.accept()) {
            while (true) {
                caller.getOutputStream().write('a');
                Thread.sleep(100);
            }
        } catch (IOException closed) {
            // the request has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
