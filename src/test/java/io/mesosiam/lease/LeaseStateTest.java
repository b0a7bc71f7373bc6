package io.mesosiam.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.LeaseState.Active;
import io.mesosiam.lease.LeaseState.Failed;
import io.mesosiam.lease.LeaseState.Live;
import io.mesosiam.lease.LeaseState.Pending;
import io.mesosiam.lease.LeaseState.Reaped;
import io.mesosiam.lease.LeaseState.Renewing;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LeaseStateTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = NOW.plusSeconds(3600);
    private static final Instant THEN = NOW.plusSeconds(2000);

    static Stream<Arguments> transitions() {
        Active active = new Active(END, THEN, 2);
        Renewing renewing = new Renewing(END, 2);
        return Stream.of(
                Arguments.of("pending activates", new Pending("asked").activate(END, THEN), new Active(END, THEN, 0)),
                Arguments.of("pending fails", new Pending("asked").fail("no", 1, THEN), new Failed("no", 1, THEN)),
                Arguments.of("active renews", active.renew(), renewing),
                Arguments.of(
                        "active expires",
                        active.expire(THEN),
                        new Failed("its session ended before it could be renewed", 2, THEN)),
                Arguments.of("active is adopted", active.adopt(THEN, NOW), new Active(THEN, NOW, 0)),
                Arguments.of("active is lost", active.lose("gone"), new Pending("gone")),
                Arguments.of("renewing succeeds", renewing.renewed(END, THEN), new Active(END, THEN, 0)),
                Arguments.of("renewing fails before the session's end", renewing.retry(THEN), new Active(END, THEN, 3)),
                Arguments.of(
                        "renewing fails after the session's end", renewing.fail("no", THEN), new Failed("no", 3, THEN)),
                Arguments.of("renewing is lost", renewing.lose("gone"), new Pending("gone")),
                Arguments.of(
                        "failed is tried again", new Failed("no", 1, THEN).retry(), new Pending("retrying after: no")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transitions")
    void transitionReachesItsState(String name, LeaseState reached, LeaseState expected) {
        assertThat(reached).isEqualTo(expected);
    }

    static Stream<Live> liveStates() {
        return Stream.of(
                new Pending("asked"), new Active(END, THEN, 0), new Renewing(END, 0), new Failed("no", 1, THEN));
    }

    @ParameterizedTest
    @MethodSource("liveStates")
    void everyLiveStateCanBeReaped(Live state) {
        assertThat(state.reap("TASK_FINISHED", NOW)).isEqualTo(new Reaped("TASK_FINISHED", NOW));
    }

    @Test
    void reapedHasNoTransition() {
        assertThat(Arrays.stream(Reaped.class.getDeclaredMethods())
                        .filter(method -> LeaseState.class.isAssignableFrom(method.getReturnType())))
                .isEmpty();
    }
}
