package io.mesosiam.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.NotifySocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdNotifyTest {
    @TempDir
    private Path directory;

    @Test
    void readinessIsSentToAPath() throws Exception {
        assertReadinessIsSent(directory.resolve("notify").toString());
    }

    @Test
    void readinessIsSentToAnAbstractName() throws Exception {
        assertReadinessIsSent("@mesos-iam-test-" + ProcessHandle.current().pid());
    }

    private static void assertReadinessIsSent(String name) throws Exception {
        boolean perl = NotifySocket.canListen();
        if (!perl) {
            System.out.println("SKIPPED: a service manager that waits: perl is not installed");
        }
        assumeTrue(perl, "perl is not installed");
        try (NotifySocket socket = NotifySocket.listen(name)) {
            SystemdNotify.fromEnvironment(Map.of("NOTIFY_SOCKET", name)::get)
                    .orElseThrow()
                    .ready();

            assertThat(socket.firstMessage()).isEqualTo("READY=1");
        }
    }

    @Test
    void noNotificationWithoutASocketInTheEnvironment() {
        assertThat(SystemdNotify.fromEnvironment(Map.<String, String>of()::get)).isEmpty();
    }

    @Test
    void failedNotificationNamesTheSocket() {
        for (String name :
                new String[] {directory.resolve("absent").toString(), "", "relative", "/" + "x".repeat(107)}) {
            assertThatThrownBy(new SystemdNotify(name)::ready)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("waits at " + name);
        }
    }
}
