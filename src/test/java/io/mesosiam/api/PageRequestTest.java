package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of a list, by id. */
class PageRequestTest {
    private final Random random = new Random(7);

    /** Ids of all signs: their order is that of their texts. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 250, 999, 1000})
    void pagesTogetherAreTheWholeListInTheOrderOfTheTexts(int limit) {
        List<UUID> ids = new ArrayList<>(Stream.generate(() -> new UUID(random.nextLong(), random.nextLong()))
                .limit(1000)
                .toList());
        ids.add(new UUID(-1, -1));
        ids.add(new UUID(0, 0));
        ids.add(new UUID(5, -1));
        ids.add(new UUID(5, 1));
        Collections.shuffle(ids, random);

        List<String> listed = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            PageRequest page = new PageRequest(limit, cursor);
            PageRequest.Cut<UUID> cut = page.cut(page.select(ids.stream(), Function.identity()), UUID::toString);
            assertThat(cut.items()).hasSizeLessThanOrEqualTo(limit);
            cut.items().forEach(id -> listed.add(id.toString()));
            cursor = Optional.ofNullable(cut.next());
        } while (cursor.isPresent());

        assertThat(listed)
                .containsExactlyElementsOf(
                        ids.stream().map(UUID::toString).sorted().toList());
    }

    @Test
    void itemThatFollowsTheCursorIsOnThePageAlsoIfTheCursorsItemIsGone() {
        PageRequest page = new PageRequest(10, Optional.of(new UUID(2, 0).toString()));

        assertThat(page.select(Stream.of(new UUID(3, 0), new UUID(1, 0)), Function.identity()))
                .containsExactly(new UUID(3, 0));
    }
}
