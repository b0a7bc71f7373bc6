package io.mesosiam.mesos.model;

import static io.mesosiam.mesos.model.Histories.S0;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.MesosAgentId;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistrationsTest {
    private static final MesosAgentId OTHER = new MesosAgentId("other");

    @Test
    void earlierListingDoesNotContradictARegistration() {
        Registrations there = Registrations.NONE.register(S0, 5);

        assertThat(there.registeredAfter(S0, 4)).isTrue();
        assertThat(there.wasRegistered(S0, 4)).isFalse();
        assertThat(there.registeredAfter(S0, 5)).isFalse();
        assertThat(there.wasRegistered(S0, 5)).isTrue();
    }

    @Test
    void repeatedRegistrationKeepsItsVersion() {
        assertThat(Registrations.NONE.register(S0, 5).register(S0, 9).wasRegistered(S0, 5))
                .isTrue();
    }

    @Test
    void registrationAfterARemovalHasANewVersion() {
        Registrations back = Registrations.NONE.register(S0, 5).unregister(S0).register(S0, 9);

        assertThat(back.wasRegistered(S0, 8)).isFalse();
        assertThat(back.registeredAfter(S0, 8)).isTrue();
    }

    @Test
    void earlierListingDoesNotUndoARemoval() {
        Registrations removed = Registrations.NONE.register(S0, 5).remove(S0, 7);

        assertThat(removed.isRegistered(S0)).isFalse();
        assertThat(removed.isRemoved(S0)).isTrue();
        assertThat(removed.removedAfter(S0, 6)).isTrue();
        assertThat(removed.removedAfter(S0, 7)).isFalse();
    }

    @Test
    void returnUndoesARemoval() {
        Registrations back = Registrations.NONE.remove(S0, 7).register(S0, 9);

        assertThat(back.isRegistered(S0)).isTrue();
        assertThat(back.isRemoved(S0)).isFalse();
        assertThat(back.removedAfter(S0, 6)).isFalse();
    }

    @Test
    void missingFromAListingIsNotARemoval() {
        assertThat(Registrations.NONE.register(S0, 5).unregister(S0).isRemoved(S0))
                .isFalse();
    }

    @Test
    void unknownAgentIsNotRegistered() {
        assertThat(Registrations.NONE.isRegistered(S0)).isFalse();
        assertThat(Registrations.NONE.registeredAfter(S0, 0)).isFalse();
        assertThat(Registrations.NONE.removedAfter(S0, 0)).isFalse();
    }

    @Test
    void listingForgetsOnlyEarlierRemovals() {
        Registrations removed = Registrations.NONE.remove(S0, 7).remove(OTHER, 9);

        Registrations after = removed.forgetRemoved(8, _ -> false);

        assertThat(after.isRemoved(S0)).isFalse();
        assertThat(after.isRemoved(OTHER)).isTrue();
    }

    @Test
    void removalOfANeededMesosAgentIsKept() {
        assertThat(Registrations.NONE.remove(S0, 7).forgetRemoved(8, S0::equals).isRemoved(S0))
                .isTrue();
    }

    @Test
    void removedMesosAgentsAreForgottenByTheNextListing() {
        ClusterModel model = ClusterModel.startingWith(List.of())
                .apply(Histories.subscribed(), Histories.NONE_REPORTED)
                .model();
        for (int i = 0; i < 100; i++) {
            MesosAgentId id = new MesosAgentId("gone-" + i);
            model = model.apply(new ClusterEvent.AgentAdded(Histories.agent(id)), Histories.NONE_REPORTED)
                    .model()
                    .apply(new ClusterEvent.AgentRemoved(id), Histories.NONE_REPORTED)
                    .model();
        }
        assertThat(model.term().agents().removed()).hasSize(100);

        model = model.apply(Histories.subscribed(), Histories.NONE_REPORTED).model();

        assertThat(model.term().agents().removed()).isEmpty();
        assertThat(model.state().agents()).containsOnlyKeys(S0);
    }
}
