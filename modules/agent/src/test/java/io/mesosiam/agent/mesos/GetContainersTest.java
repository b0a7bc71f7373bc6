package io.mesosiam.agent.mesos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GetContainersTest {
    private static List<MesosContainer> read(String body) throws IOException {
        return GetContainers.read(body.getBytes(UTF_8));
    }

    @Test
    void recordedAnswerIsReadWithItsNesting() throws IOException {
        byte[] recorded;
        try (var in = GetContainersTest.class.getResourceAsStream("get-containers.json")) {
            recorded = in.readAllBytes();
        }

        List<MesosContainer> containers = GetContainers.read(recorded);

        assertThat(containers)
                .hasSize(15)
                .contains(
                        container("78a9d717-b2c1-4d07-850b-294000dc3343", 25507, false),
                        container(
                                "b66e092e-0b76-4319-b779-0970c61cbeba/b0306849-157c-47de-ac05-3f1cf55ee0d8",
                                25639,
                                false),
                        container(
                                "b66e092e-0b76-4319-b779-0970c61cbeba/b0306849-157c-47de-ac05-3f1cf55ee0d8/283153c4-4b32-437b-828b-3a13537c8161",
                                25919,
                                false),
                        container("standalone-1", 25921, true));
        assertThat(containers).filteredOn(MesosContainer::standalone).hasSize(1);
    }

    private static MesosContainer container(String id, long pid, boolean standalone) {
        return new MesosContainer(id, OptionalLong.of(pid), Optional.empty(), standalone);
    }

    @Test
    void entryWithoutAStatusIsIgnored() throws IOException {
        assertThat(read("{\"get_containers\":{\"containers\":[{\"container_id\":{\"value\":\"a\"}}]}}"))
                .isEmpty();
    }

    @Test
    void nameThatIsNotUtf8HidesNoContainer() throws IOException {
        String entry = "{\"executor_name\":\"\u00ff\",\"container_id\":{\"value\":\"a\"},"
                + "\"container_status\":{\"container_id\":{\"value\":\"a\"}}}";
        byte[] body = ("{\"get_containers\":{\"containers\":[" + entry + "]}}").getBytes(ISO_8859_1);

        assertThat(GetContainers.read(body)).hasSize(1);
    }

    @Test
    void executorsContainerWithAHiddenFrameworkIsNotStandalone() throws IOException {
        assertThat(read("{\"get_containers\":{\"containers\":[{\"executor_id\":{\"value\":\"x\"},"
                        + "\"container_status\":{\"container_id\":{\"value\":\"a\"}}}]}}"))
                .singleElement()
                .satisfies(container -> assertThat(container.standalone()).isFalse());
    }

    @Test
    void nestingIsBounded() {
        String id = "{\"value\":\"a\",\"parent\":".repeat(33) + "{\"value\":\"a\"}" + "}".repeat(33);

        assertThatThrownBy(() -> read(
                        "{\"get_containers\":{\"containers\":[{\"container_status\":{\"container_id\":" + id + "}}]}}"))
                .hasMessage("a container is nested deeper than 32");
    }

    @Test
    void answerWithTrailingDataIsRefused() {
        assertThatThrownBy(() -> read("{\"get_containers\":{}} {}")).isInstanceOf(IOException.class);
    }
}
