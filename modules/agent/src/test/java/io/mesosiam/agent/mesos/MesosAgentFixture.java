package io.mesosiam.agent.mesos;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Fakes of the Mesos agent, and real processes of several users, which are closed after each test. */
abstract class MesosAgentFixture {
    static final long ROOT = 0;
    static final long ANOTHER_USER = 65534;
    static final String BASIC = "Authorization: Basic "
            + Base64.getEncoder().encodeToString("iam-agent:s3cret".getBytes(StandardCharsets.UTF_8)) + "\n";

    @TempDir
    Path directory;

    final Deque<AutoCloseable> open = new ArrayDeque<>();
    Path credential;

    @BeforeEach
    void credential() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED, socket owners can't be tested with one user: not root");
        }
        assumeTrue(root, "not root");
        credential = Files.writeString(directory.resolve("credential"), "iam-agent s3cret\n");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : open) {
            thing.close();
        }
    }

    FakeMesosAgent fake(String answer) throws IOException {
        FakeMesosAgent fake = FakeMesosAgent.start(head -> answer);
        open.push(fake);
        return fake;
    }

    MesosAgentApi agent(URI address, long user, Optional<SystemdUnit> unit) {
        return new MesosAgentApi(
                new MesosAgentSettings(address, Optional.empty(), Optional.of(credential), user, unit),
                TimeLimit.seconds(5));
    }

    MesosAgentApi agent(FakeMesosAgent fake) {
        return agent(fake.address(), ROOT, Optional.empty());
    }
}
