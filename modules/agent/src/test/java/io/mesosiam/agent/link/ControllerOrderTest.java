package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ControllerOrderTest {
    private static final int HOSTS = 5_000;

    /** Standard deviations from the mean within which a share has to be: less than one of 10 million random shares is outside. */
    private static final double BOUND = 5.5;

    @Property(tries = 20)
    void sharesOfHostsAreEven(@ForAll @IntRange(min = 3, max = 7) int controllers, @ForAll long seed) {
        assertEven(shares(hosts(seed), list(controllers, seed)), HOSTS, controllers);
    }

    @Property(tries = 20)
    void hostsOfAMissingControllerGoToAllOthersEvenlyAndNoOtherHostMoves(
            @ForAll @IntRange(min = 3, max = 7) int controllers, @ForAll long seed) {
        List<URI> all = list(controllers, seed);
        URI missing = all.getFirst();
        List<URI> left = all.subList(1, controllers);
        List<String> hosts = hosts(seed);
        List<String> moved =
                hosts.stream().filter(host -> first(all, host).equals(missing)).toList();

        assertThat(hosts)
                .allMatch(host ->
                        first(all, host).equals(missing) || first(all, host).equals(first(left, host)));
        assertEven(shares(moved, left), moved.size(), controllers - 1);
    }

    @Property(tries = 20)
    void orderDoesNotDependOnTheOrderOfTheList(@ForAll long seed) {
        List<URI> one = list(7, seed);
        List<URI> other = new ArrayList<>(one);
        Collections.shuffle(other, new Random(seed));

        assertThat(ControllerOrder.of(other, "host-1")).isEqualTo(ControllerOrder.of(one, "host-1"));
    }

    @Test
    void orderIsTheSameInEachVersion() {
        List<URI> controllers = List.of(
                URI.create("wss://a.example:8443"),
                URI.create("wss://b.example:8443"),
                URI.create("wss://c.example:8443"));

        assertThat(IntStream.rangeClosed(1, 6)
                        .mapToObj(host -> ControllerOrder.of(controllers, "host-" + host + ".example").stream()
                                .map(controller -> controller.getHost().substring(0, 1))
                                .collect(Collectors.joining())))
                .containsExactly("acb", "cab", "cab", "bca", "cba", "abc");
    }

    @Test
    void namesThatDifferInCaseAloneHaveOneOrder() {
        List<URI> controllers = list(7, 1);

        assertThat(ControllerOrder.of(controllers, "Host-1.Example"))
                .isEqualTo(ControllerOrder.of(controllers, "host-1.example"));
    }

    private static void assertEven(Map<URI, Long> shares, int hosts, int controllers) {
        double mean = (double) hosts / controllers;
        double deviation = Math.sqrt(mean * (1 - 1.0 / controllers));
        assertThat(shares).hasSize(controllers);
        assertThat(shares.values()).allSatisfy(share -> assertThat((double) share)
                .isBetween(mean - BOUND * deviation, mean + BOUND * deviation));
    }

    private static Map<URI, Long> shares(List<String> hosts, List<URI> controllers) {
        return hosts.stream()
                .map(host -> first(controllers, host))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private static URI first(List<URI> controllers, String host) {
        return ControllerOrder.of(controllers, host).getFirst();
    }

    private static List<URI> list(int controllers, long seed) {
        return IntStream.range(0, controllers)
                .mapToObj(i -> URI.create("wss://controller-" + Long.toHexString(seed) + "-" + i + ".example:8443"))
                .toList();
    }

    private static List<String> hosts(long seed) {
        return IntStream.range(0, HOSTS)
                .mapToObj(i -> "ip-10-" + (i >> 8) + "-" + (i & 255) + "." + Long.toHexString(seed) + ".internal")
                .toList();
    }
}
