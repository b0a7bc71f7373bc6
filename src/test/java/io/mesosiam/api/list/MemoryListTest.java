package io.mesosiam.api.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.ListColumn;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.list.MemoryList.Column;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of a list in memory, in each order. */
class MemoryListTest {
    private static final int SEEDS = 5;

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final MemoryList<Thing> THINGS = new MemoryList<>(
            "thingId",
            Thing::id,
            List.of(
                    Column.of("name", ListColumn.Type.TEXT, Thing::name),
                    Column.optional("note", ListColumn.Type.TEXT, Thing::note),
                    Column.optional("size", ListColumn.Type.NUMBER, Thing::size),
                    Column.of("good", ListColumn.Type.TRUTH, Thing::good),
                    Column.optional("owner", ListColumn.Type.ID, Thing::owner),
                    Column.of("madeAt", ListColumn.Type.TIME, Thing::madeAt)),
            View.class);

    private record Thing(
            UUID id,
            String name,
            Optional<String> note,
            Optional<Long> size,
            boolean good,
            Optional<UUID> owner,
            Instant madeAt) {
        /** With few different values, so that many things have equal ones. */
        static Thing random(Random random) {
            return new Thing(
                    new UUID(random.nextLong(), random.nextLong()),
                    List.of("", "a", "B", "b", "ä").get(random.nextInt(5)),
                    random.nextBoolean() ? Optional.empty() : Optional.of("n" + random.nextInt(3)),
                    random.nextInt(4) == 0 ? Optional.empty() : Optional.of((long) random.nextInt(-3, 3)),
                    random.nextBoolean(),
                    random.nextInt(3) == 0 ? Optional.empty() : Optional.of(new UUID(random.nextInt(-2, 2), 0)),
                    Instant.ofEpochSecond(random.nextInt(4), 1000));
        }
    }

    /** The selectable fields. */
    record View(String thingId, String name, @Nullable Long size) {
        static View of(Thing thing) {
            return new View(thing.id().toString(), thing.name(), thing.size().orElse(null));
        }
    }

    static Stream<String> orders() {
        return Stream.of("thingId", "name", "note", "size", "good", "owner", "madeAt")
                .flatMap(column -> Stream.of(column, "-" + column));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void pagesTogetherAreTheWholeListInItsOrder(String order) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Thing> things = things(random, random.nextInt(200));

            List<Thing> listed = list(things, order, null, 1 + random.nextInt(60), (_, _) -> {});

            assertThat(listed).as("seed %d", seed).containsExactlyElementsOf(sorted(things, order));
        }
    }

    /** What is there during the whole listing is listed once and in order, whatever comes and goes between two pages. */
    @ParameterizedTest
    @MethodSource("orders")
    void changesBetweenPagesHideAndRepeatNothing(String order) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Thing> stable = things(random, 100);
            List<Thing> passing = things(random, 50);
            List<Thing> things = new ArrayList<>(stable);
            things.addAll(passing);

            List<Thing> listed = list(things, order, null, 1 + random.nextInt(20), (last, all) -> {
                all.add(Thing.random(random));
                all.removeIf(thing -> passing.contains(thing) && random.nextInt(10) == 0);
                // also the thing that the cursor names
                all.removeIf(thing -> passing.contains(thing) && thing.equals(last));
            });

            assertThat(listed).as("seed %d", seed).doesNotHaveDuplicates().containsAll(stable);
            assertThat(listed.stream().filter(stable::contains)).containsExactlyElementsOf(sorted(stable, order));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"note\": null}                     | note is unset",
                "{\"name\": \"b\", \"good\": true}    | both values",
                "{\"size\": -1}                       | a number",
                "{\"owner\": null, \"size\": null}    | two unset values",
                "{\"madeAt\": \"1970-01-01T00:00:01.000001Z\"} | a time",
            })
    void filterSelectsTheSameOnAllPages(String filter, String what) throws Exception {
        List<Thing> things = things(new Random(3), 500);
        JsonNode wanted = JSON.readTree(filter);

        List<Thing> listed = list(things, "-size", filter, 7, (_, _) -> {});

        assertThat(listed).as(what).isNotEmpty().allMatch(thing -> matches(thing, wanted));
        assertThat(listed).hasSize((int)
                things.stream().filter(thing -> matches(thing, wanted)).count());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "filter | {\"shoe\": 1}",
                "filter | {\"size\": \"1\"}",
                "filter | {\"good\": null}",
                "filter | {\"madeAt\": \"yesterday\"}",
                "filter | 7",
                "sort   | shoe",
                "sort   | --name",
                "fields | thingId,shoe",
                "fields | note",
                "cursor | a.b",
                "limit  | 0",
            })
    void invalidParameterIsReported(String parameter, String value) {
        ListRequest request = new ListRequest();
        switch (parameter) {
            case "filter" -> request.filter = value;
            case "sort" -> request.sort = value;
            case "fields" -> request.fields = value;
            case "cursor" -> request.cursor = value;
            default -> request.limit = value;
        }
        Parameters parameters = new Parameters();

        var _ = request.of(THINGS.kind(), parameters);

        assertThat(parameters.isClean()).isFalse();
    }

    @Test
    void cursorOfAnotherOrderIsOfNoPage() {
        ListRequest request = request("name", null, 1);
        request.cursor = page(things(new Random(1), 9), request).next();
        request.sort = "-name";

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> request.of(THINGS.kind(), new Parameters()))
                .withMessageContaining("there is no such page");
    }

    @Test
    void selectedFieldsAreShown() {
        ListRequest request = request("name", null, 1);
        request.fields = "name,thingId";

        Object item = page(things(new Random(1), 9), request).items().getFirst();

        assertThat(json(item).fieldNames()).toIterable().containsExactly("name", "thingId");
    }

    /** A page of 1,000 of the largest objects would not fit in memory. */
    @Test
    void pagesOfLargeItemsEndOnceTheyHaveAMebibyte() {
        String large = "ä".repeat(150_000);
        List<Thing> things = things(new Random(1), 9).stream()
                .map(thing -> new Thing(
                        thing.id(), large, thing.note(), thing.size(), thing.good(), thing.owner(), thing.madeAt()))
                .toList();

        ListParameters.Page<Object> page = page(things, request("thingId", null, 1000));

        assertThat(page.items()).hasSize(3);
        assertThat(list(things, "thingId", null, 1000, (_, _) -> {}))
                .containsExactlyElementsOf(sorted(things, "thingId"));
    }

    private static JsonNode json(Object item) {
        try {
            return JSON.readTree(JSON.writeValueAsBytes(item));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Thing> list(
            List<Thing> things,
            String order,
            @Nullable String filter,
            int limit,
            BiConsumer<Thing, List<Thing>> betweenPages) {
        List<Thing> listed = new ArrayList<>();
        List<Thing> all = new ArrayList<>(things);
        ListRequest request = request(order, filter, limit);
        do {
            ListParameters.Page<Object> page = page(all, request);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            var known =
                    all.stream().collect(Collectors.toMap(thing -> thing.id().toString(), thing -> thing));
            page.items()
                    .forEach(item ->
                            listed.add(known.get(json(item).path("thingId").asText())));
            if (!listed.isEmpty()) {
                betweenPages.accept(listed.getLast(), all);
            }
            request.cursor = page.next();
        } while (request.cursor != null);
        return listed;
    }

    private static ListParameters.Page<Object> page(List<Thing> things, ListRequest request) {
        Parameters parameters = new Parameters();
        ListParameters list = request.of(THINGS.kind(), parameters);
        assertThat(parameters.isClean()).isTrue();
        return THINGS.page(list, things.stream(), View::of, JSON);
    }

    private static ListRequest request(String order, @Nullable String filter, int limit) {
        ListRequest request = new ListRequest();
        request.sort = order;
        request.filter = filter;
        request.limit = String.valueOf(limit);
        return request;
    }

    private static List<Thing> things(Random random, int count) {
        return IntStream.range(0, count).mapToObj(_ -> Thing.random(random)).toList();
    }

    private static boolean matches(Thing thing, JsonNode wanted) {
        return (!wanted.has("note") || thing.note().isEmpty())
                && (!wanted.has("name") || thing.name().equals("b"))
                && (!wanted.has("good") || thing.good())
                && (!wanted.path("size").isInt() || thing.size().equals(Optional.of(-1L)))
                && (!wanted.path("size").isNull() || thing.size().isEmpty())
                && (!wanted.has("owner") || thing.owner().isEmpty())
                && (!wanted.has("madeAt") || thing.madeAt().equals(Instant.ofEpochSecond(1, 1000)));
    }

    /** Sorted as a whole, with comparators of its own. */
    private static List<Thing> sorted(List<Thing> things, String order) {
        Comparator<Thing> byId = Comparator.comparing(thing -> thing.id().toString());
        Comparator<Thing> by =
                switch (order.replace("-", "")) {
                    case "name" -> Comparator.comparing(Thing::name);
                    case "note" -> Comparator.comparing(thing -> thing.note().orElse(""));
                    case "size" -> Comparator.comparing(thing -> thing.size().orElse(Long.MIN_VALUE));
                    case "good" -> Comparator.comparing(Thing::good);
                    case "owner" ->
                        Comparator.comparing(
                                thing -> thing.owner().map(UUID::toString).orElse(""));
                    case "madeAt" -> Comparator.comparing(Thing::madeAt);
                    default -> byId;
                };
        return things.stream()
                .sorted((order.startsWith("-") ? by.reversed() : by).thenComparing(byId))
                .toList();
    }
}
