package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.mesos.MesosContainers;
import io.mesosiam.agent.mesos.RuntimeDirectory;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StandaloneFilterTest {
    private Path path;

    @BeforeEach
    void make() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED, the runtime directory has to be root's: not root");
        }
        assumeTrue(root, "not root");
        path = Files.createTempDirectory(Path.of("/run"), "mesos-iam-runtime");
        Files.createFile(
                Files.createDirectories(path.resolve("containers/alone")).resolve("standalone.marker"));
    }

    @AfterEach
    void clear() throws IOException {
        if (path != null) {
            try (Stream<Path> all = Files.walk(path)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private CredentialSource tasksOnly(Answer always) {
        CredentialSource source = new CredentialSource() {
            @Override
            public Answer find(String containerId, String name) {
                return always;
            }

            @Override
            public Answer await(String containerId, String name, Duration atMost) {
                return always;
            }
        };
        return new StandaloneFilter(
                source, new MesosContainers(Optional.of(new RuntimeDirectory(path)), Optional.empty()));
    }

    @Test
    void standaloneContainersAndThoseNestedInThemAreRefusedAtOnce() throws InterruptedException {
        CredentialSource source = tasksOnly(new Answer.Nothing());

        assertThat(source.find("alone", "default"))
                .isInstanceOfSatisfying(Answer.Refusal.class, refusal -> assertThat(refusal.code())
                        .isEqualTo("NoTask"));
        assertThat(source.find("alone/child", "default")).isInstanceOf(Answer.Refusal.class);
        assertThat(source.await("alone", "default", Duration.ZERO)).isInstanceOf(Answer.Refusal.class);
    }

    @Test
    void whatIsKnownWithoutReadingFilesIsNoRefusalOfThem() {
        assertThat(tasksOnly(new Answer.Nothing()).known("alone", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void otherContainersWithoutALeaseWait() {
        assertThat(tasksOnly(new Answer.Nothing()).find("task", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void controllersAnswerIsKept() {
        Answer denied = new Answer.Refusal("DeniedByPolicy", "no");

        assertThat(tasksOnly(denied).find("alone", "default")).isEqualTo(denied);
    }
}
