package io.mesosiam.api.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.api.status.PolicyVersionView.Host;
import io.mesosiam.fleet.ControllerState;
import io.mesosiam.fleet.Fleet.Member;
import io.mesosiam.fleet.Fleet.Members;
import io.mesosiam.fleet.Fleet.Unconnected;
import io.mesosiam.fleet.StatedController;
import io.mesosiam.fleet.StatedEffect;
import io.mesosiam.fleet.StatedEffect.Confirmed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How far a version has come at all controllers. */
class PolicyVersionViewTest {
    private static final Unconnected NONE = new Unconnected(0, List.of());
    private static final Member DONE = member("a", effect(18, 18, 0, new Confirmed(18, 3)));
    private static final Member BEHIND = member(
            "b",
            new StatedEffect(
                    17,
                    17,
                    4,
                    List.of(new Confirmed(17, 1), new Confirmed(16, 1)),
                    List.of(new StatedEffect.Host("S9", 16), new StatedEffect.Host("S1", 17))));
    private static final Member UNKNOWN =
            new Member("c", Duration.ofSeconds(30), Optional.empty(), "what it states can't be read", 3);

    @Test
    void hostsOfAllControllersAreAddedAndTasksThatEachDecidesAreNot() {
        Member other = member("c", effect(18, 16, 6, new Confirmed(16, 2)));

        PolicyVersionView view = of(17, true, DONE, BEHIND, other);

        assertThat(view.hosts()).isEqualTo(7);
        assertThat(view.hostsInEffect()).isEqualTo(4);
        assertThat(view.hostsBehind()).isEqualTo(3);
        assertThat(view.undecidedTasks()).isEqualTo(6);
        assertThat(view.readVersion()).isEqualTo(17);
        assertThat(view.decidedVersion()).isEqualTo(16);
        assertThat(view.inEffect()).isFalse();
        assertThat(view.unknownControllers()).isEmpty();
        assertThat(view.behind()).containsExactly(new Host("S9", 16L));
    }

    @Test
    void versionIsInEffectIfItIsAtEachController() {
        assertThat(of(16, true, DONE, BEHIND).inEffect()).isTrue();
        assertThat(of(17, true, DONE, BEHIND).inEffect()).isFalse();
    }

    @Test
    void versionIsNotInEffectWhileAControllerIsUnknown() {
        PolicyVersionView view = of(16, true, DONE, UNKNOWN);

        assertThat(view.inEffect()).isFalse();
        assertThat(view.hosts()).isEqualTo(3);
        assertThat(view.unknownControllers()).containsExactly("c");
        assertThat(of(16, false, DONE).inEffect()).as("others may be missing").isFalse();
    }

    @Test
    void versionIsNotInEffectWhileAControllerStatesFewerHostsThanAreConnectedToIt() {
        Member moreThanItStates = new Member("a", DONE.age(), DONE.stated(), "", 5);
        Member left = new Member("a", DONE.age(), DONE.stated(), "", 2);

        PolicyVersionView view = of(18, true, moreThanItStates);

        assertThat(view.inEffect()).isFalse();
        assertThat(view.hosts()).isEqualTo(5);
        assertThat(view.hostsBehind()).isEqualTo(2);
        assertThat(of(18, true, left).inEffect())
                .as("a host has left since it stated this")
                .isTrue();
    }

    @Test
    void versionIsNotInEffectWhileAHostWithoutAControllerHasSessions() {
        PolicyVersionView view = PolicyVersionView.of(
                "a", 18, new Members(List.of(DONE), true, new Unconnected(1, List.of("S7"))), true);

        assertThat(view.inEffect()).isFalse();
        assertThat(view.hosts()).isEqualTo(4);
        assertThat(view.hostsInEffect()).isEqualTo(3);
        assertThat(view.behind()).containsExactly(new Host("S7", null));
    }

    @Test
    void statusIsOfTheNewestVersionThatAControllerHasRead() {
        StatusView status = StatusView.of("a", new Members(List.of(DONE, BEHIND, UNKNOWN), true, NONE), false);

        assertThat(status.policies().version()).isEqualTo(18);
        assertThat(status.policies().behind()).isNull();
        assertThat(status.controllers())
                .extracting(ControllerView::unknown)
                .containsExactly(null, null, "what it states can't be read");
        assertThat(status.controllers().getLast().state()).isNull();
        assertThat(status.controllers().getLast().ageSeconds()).isEqualTo(30);
    }

    private static PolicyVersionView of(long version, boolean complete, Member... members) {
        return PolicyVersionView.of("a", version, new Members(List.of(members), complete, NONE), true);
    }

    private static StatedEffect effect(long read, long decided, int undecided, Confirmed confirmed) {
        return new StatedEffect(read, decided, undecided, List.of(confirmed), List.of());
    }

    private static Member member(String id, StatedEffect effect) {
        ControllerState state = new ControllerState(
                "1.0.0", Instant.EPOCH, List.of(), null, null, null, effect.read(), null, effect.hosts(), 0, null);
        return new Member(id, Duration.ZERO, Optional.of(new StatedController(state, effect)), "", effect.hosts());
    }
}
