package io.mesosiam.agent.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.wire.Executor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointedExecutorTest {
    @Test
    void containerOfATaskHasItsExecutorAndFramework() throws Exception {
        assertThat(of(CheckpointedConfig.of("F-0001", "web.1"))).contains(new Executor("F-0001", "web.1"));
    }

    @Test
    void nestedContainerHasNoExecutor() throws Exception {
        byte[] config =
                new CheckpointedConfig().text(3, "/sandbox").number(14, 2).file();

        assertThat(of(config)).isEmpty();
    }

    @Test
    void executorWhoseFrameworkMesosDoesNotStateIsNotKnown() throws Exception {
        byte[] config = new CheckpointedConfig()
                .field(8, new CheckpointedConfig().field(1, CheckpointedConfig.id("web.1")))
                .file();

        assertThat(of(config)).isEmpty();
    }

    /** Otherwise a framework could hide whose container it is. */
    @ParameterizedTest
    @ValueSource(strings = {"web\n1", "\uFFFD"})
    void idThatMesosCanNotHaveIsOfAnExecutorThatNoTaskHas(String id) throws Exception {
        assertThat(of(CheckpointedConfig.of("F-0001", id)).orElseThrow())
                .extracting(Executor::id)
                .isEqualTo("\uFFFD");
        assertThat(of(CheckpointedConfig.of("F-0001", "x".repeat(2000))).orElseThrow())
                .extracting(Executor::id)
                .isEqualTo("\uFFFD");
    }

    @Test
    void idThatIsNotUtf8IsOfAnExecutorThatNoTaskHas() throws Exception {
        CheckpointedConfig id = new CheckpointedConfig().bytes(1, new byte[] {'w', (byte) 0xff});
        byte[] config = new CheckpointedConfig()
                .field(8, new CheckpointedConfig().field(1, id).field(8, CheckpointedConfig.id("F-0001")))
                .file();

        assertThat(of(config)).contains(new Executor("F-0001", "w\uFFFD"));
    }

    /** Mesos keeps unknown fields of an executor that its framework describes. */
    @Test
    void executorWithAnUnknownGroupIsRead() throws Exception {
        CheckpointedConfig info = new CheckpointedConfig()
                .raw(0xa3, 0x06)
                .field(1, CheckpointedConfig.id("in the group"))
                .raw(0xa3, 0x06, 0xa4, 0x06)
                .raw(0xa4, 0x06)
                .field(1, CheckpointedConfig.id("web.1"))
                .field(8, CheckpointedConfig.id("F-0001"));

        assertThat(of(new CheckpointedConfig().field(8, info).file())).contains(new Executor("F-0001", "web.1"));
    }

    @Test
    void configThatIsCutOffAnywhereIsNoConfig() {
        byte[] config = CheckpointedConfig.of("F-0001", "web.1");

        for (int length = 0; length < config.length; length++) {
            byte[] start = Arrays.copyOf(config, length);
            assertThatThrownBy(() -> of(start)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void configWithTwoExecutorsIsNoConfig() {
        CheckpointedConfig info = new CheckpointedConfig().field(1, CheckpointedConfig.id("web.1"));
        byte[] config = new CheckpointedConfig().field(8, info).field(8, info).file();

        assertThatThrownBy(() -> of(config)).hasMessage("config has two executors");
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
            assertThatThrownBy(() -> of(config)).isInstanceOf(IOException.class);
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
                assertThat(of(damaged)).isNotNull();
            } catch (IOException refused) {
                assertThat(refused).hasMessageStartingWith("config ");
            }
        }
    }

    @Test
    void executorOfATaskWithMegabytesOfLabelsIsRead() throws Exception {
        byte[] labels = new byte[5 << 20];
        byte[] config = new CheckpointedConfig()
                .field(9, new CheckpointedConfig().bytes(10, labels))
                .field(
                        8,
                        new CheckpointedConfig()
                                .bytes(4, labels)
                                .field(1, CheckpointedConfig.id("web.1"))
                                .field(8, CheckpointedConfig.id("F-0001")))
                .field(9, new CheckpointedConfig().bytes(10, labels))
                .file();

        assertThat(of(config)).contains(new Executor("F-0001", "web.1"));
    }

    @Test
    void executorWithThousandsOfResourcesIsRead() throws Exception {
        CheckpointedConfig info = new CheckpointedConfig();
        for (int i = 0; i < 4_000; i++) {
            info.text(5, "a resource");
        }
        info.field(1, CheckpointedConfig.id("web.1")).field(8, CheckpointedConfig.id("F-0001"));

        assertThat(of(new CheckpointedConfig().field(8, info).file())).contains(new Executor("F-0001", "web.1"));
    }

    /** Otherwise a framework could have the agent read for half a second, or hide whose container it is. */
    @Test
    void executorWithMillionsOfFieldsIsNoTasksAndIsNotReadToItsEnd() throws Exception {
        CheckpointedConfig info = new CheckpointedConfig()
                .field(1, CheckpointedConfig.id("web.1"))
                .field(8, CheckpointedConfig.id("F-0001"));
        for (int i = 0; i < 2_000_000; i++) {
            info.number(15, 1);
        }
        InputStream config =
                new ByteArrayInputStream(new CheckpointedConfig().field(8, info).file());

        assertThat(CheckpointedExecutor.of(config)).contains(new Executor("\uFFFD", "\uFFFD"));
        assertThat(config.available()).isGreaterThan(3_900_000);
    }

    private static Optional<Executor> of(byte[] config) throws IOException {
        return CheckpointedExecutor.of(new ByteArrayInputStream(config));
    }
}
