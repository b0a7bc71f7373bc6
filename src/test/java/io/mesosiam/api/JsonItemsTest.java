package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JsonItemsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Item(String text) {}

    @Test
    void allItemsAreTextsOfAnAnswer() throws Exception {
        JsonItems items = JsonItems.of(Stream.of(new Item("a"), new Item("b")), 2, JSON);

        assertThat(JSON.writeValueAsString(items.items())).isEqualTo("[{\"text\":\"a\"},{\"text\":\"b\"}]");
        assertThat(items.more()).isFalse();
    }

    @Test
    void itemsBeyondTheLimitAreMore() {
        JsonItems items = JsonItems.of(Stream.of(new Item("a"), new Item("b")), 1, JSON);

        assertThat(items.items()).hasSize(1);
        assertThat(items.more()).isTrue();
    }

    @Test
    void itemsEndOnceTheyHaveAMebibyteAndTheOthersAreNotMade() {
        AtomicInteger made = new AtomicInteger();

        JsonItems items = JsonItems.of(
                Stream.generate(() -> new Item("x".repeat(300_000))).peek(_ -> made.incrementAndGet()), 1000, JSON);

        assertThat(items.items()).hasSize(3);
        assertThat(items.more()).isTrue();
        assertThat(made).hasValue(4);
    }

    @Test
    void oneItemIsAnsweredWhateverItsLength() {
        JsonItems items = JsonItems.of(Stream.of(new Item("x".repeat(2 << 20)), new Item("b")), 1000, JSON);

        assertThat(items.items()).hasSize(1);
        assertThat(items.more()).isTrue();
    }
}
