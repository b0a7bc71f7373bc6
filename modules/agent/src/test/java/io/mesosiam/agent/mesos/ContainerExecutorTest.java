package io.mesosiam.agent.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerExecutorTest {
    @Test
    void containerOfATaskHasItsExecutorAndFramework() throws Exception {
        assertThat(ContainerExecutor.of(CheckpointedConfig.of("F-0001", "web.1")))
                .contains(new ContainerExecutor(Optional.of("F-0001"), "web.1"));
    }

    @Test
    void nestedContainerHasNoExecutor() throws Exception {
        byte[] config =
                new CheckpointedConfig().text(3, "/sandbox").number(14, 2).file();

        assertThat(ContainerExecutor.of(config)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "F-0001, web.1, true",
        "F-0001, web.2, false",
        "F-0002, web.1, false",
    })
    void executorIsComparedWithItsFramework(String framework, String executor, boolean same) {
        assertThat(new ContainerExecutor(Optional.of("F-0001"), "web.1").is(framework, executor))
                .isEqualTo(same);
    }

    @Test
    void executorWhoseFrameworkMesosDoesNotStateIsComparedByItsId() throws Exception {
        byte[] config = new CheckpointedConfig()
                .field(8, new CheckpointedConfig().field(1, CheckpointedConfig.id("web.1")))
                .file();

        ContainerExecutor executor = ContainerExecutor.of(config).orElseThrow();
        assertThat(executor.is("any", "web.1")).isTrue();
        assertThat(executor.is("any", "web.2")).isFalse();
    }

    @Test
    void configThatIsCutOffAnywhereIsNoConfig() {
        byte[] config = CheckpointedConfig.of("F-0001", "web.1");

        for (int length = 0; length < config.length; length++) {
            byte[] start = Arrays.copyOf(config, length);
            assertThatThrownBy(() -> ContainerExecutor.of(start)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void configWithTwoExecutorsIsNoConfig() {
        CheckpointedConfig info = new CheckpointedConfig().field(1, CheckpointedConfig.id("web.1"));
        byte[] config = new CheckpointedConfig().field(8, info).field(8, info).file();

        assertThatThrownBy(() -> ContainerExecutor.of(config)).hasMessage("config has field 8 twice");
    }

    @Test
    void lengthsThatAreTooLargeAreNoConfig() {
        byte[] beyond =
                new CheckpointedConfig().raw(0x42, 0xff, 0xff, 0xff, 0xff, 0x0f).file();
        byte[] negative = new CheckpointedConfig()
                .raw(0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)
                .file();
        byte[] endless = new CheckpointedConfig()
                .raw(0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)
                .file();
        byte[] group = new CheckpointedConfig().raw(0x43).file();

        for (byte[] config : new byte[][] {beyond, negative, endless, group}) {
            assertThatThrownBy(() -> ContainerExecutor.of(config)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void damagedConfigIsReadOrRefused() {
        Random random = new Random(42);
        byte[] config = CheckpointedConfig.of("F-0001", "web.1");
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = config.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            try {
                assertThat(ContainerExecutor.of(damaged)).isNotNull();
            } catch (IOException refused) {
                assertThat(refused).hasMessageStartingWith("config ");
            }
        }
    }
}
