package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Delivery;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An executor can run any number of tasks in its container: their refusals are one answer. */
class SharedContainerRefusalsTest extends SharedContainerFixture {
    private static final int TASKS = 5;

    private final List<Delivery> sent = new ArrayList<>();
    private int decisions;

    @Override
    Map<CredentialName, Decision> decide(Subject subject) {
        decisions++;
        return Map.of();
    }

    @Override
    boolean deliver(Reconciler from, Delivery delivery) {
        sent.add(delivery);
        return super.deliver(from, delivery);
    }

    @BeforeEach
    void request() {
        for (int i = 0; i < TASKS; i++) {
            startShared(i);
        }
        reconciler.asked(HOST, CONTAINER, CredentialName.DEFAULT);
        settle();
        assertThat(reconciler.overview().refusals()).hasSize(TASKS);
    }

    private static long refusals(List<Delivery> deliveries) {
        return deliveries.stream().filter(it -> it instanceof Delivery.Refuse).count();
    }

    @Test
    void refusalIsSentOnce() {
        assertThat(refusals(sent)).isEqualTo(1);
    }

    @Test
    void refusalIsSentOnceForARepeatedAsk() {
        sent.clear();

        reconciler.asked(HOST, CONTAINER, CredentialName.DEFAULT);
        settle();

        assertThat(refusals(sent)).isEqualTo(1);
    }

    /** It would be asked again and again, since it is never answered. */
    @Test
    void nameBeyondTheLimitsIsNotPlanned() {
        for (int i = 1; i < RequestedNames.MOST_OF_CONTAINER; i++) {
            reconciler.asked(HOST, CONTAINER, new CredentialName("n" + i));
        }
        settle();
        int plans = decisions;

        reconciler.asked(HOST, CONTAINER, new CredentialName("beyond"));
        reconciler.asked(HOST, CONTAINER, CredentialName.DEFAULT);
        settle();

        assertThat(decisions).isEqualTo(plans);
    }

    @Test
    void completeStateHasTheRefusalOnce() {
        assertThat(refusals(connect())).isEqualTo(1);
    }
}
