package io.mesosiam.policy.grant;

import static io.mesosiam.policy.grant.TestGrants.PRINCIPAL;
import static io.mesosiam.policy.grant.TestGrants.forTask;
import static io.mesosiam.policy.grant.TestGrants.holder;
import static io.mesosiam.policy.grant.TestGrants.id;
import static io.mesosiam.policy.grant.TestGrants.labelled;
import static io.mesosiam.policy.grant.TestGrants.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrantSetTest {
    private static final TaskContainer LAUNCH = holder("t1", "c1");
    private static final String ID = id("g").toString();

    /** Grants that are added, replaced and removed one after another. */
    @RepeatedTest(20)
    void setThatWasChangedIsEqualToOneMadeAnew(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Map<UUID, LaunchGrant> expected = new HashMap<>();
        GrantSet changed = GrantSet.EMPTY;
        for (int step = 0; step < 200; step++) {
            LaunchGrant grant = random(random);
            if (random.nextInt(3) == 0) {
                expected.remove(grant.id());
                changed = changed.without(grant.id());
            } else {
                expected.put(grant.id(), grant);
                changed = changed.with(List.of(grant));
            }
            GrantSet anew = GrantSet.of(expected.values());
            assertThat(changed).isEqualTo(anew);
            TaskContainer launch = launch(random);
            assertThat(changed.boundTo(launch)).containsExactlyInAnyOrderElementsOf(anew.boundTo(launch));
            Subject task = task(launch, PRINCIPAL, id("g" + random.nextInt(5)).toString());
            assertThat(changed.of(task)).containsExactlyInAnyOrderElementsOf(anew.of(task));
        }
    }

    private static LaunchGrant random(Random random) {
        State state =
                switch (random.nextInt(4)) {
                    case 0 -> new State.Unbound();
                    case 1 -> new State.Bound(launch(random));
                    case 2 -> new State.Suspended("twice", Optional.of(launch(random)));
                    default -> new State.Ended("was revoked", Optional.of(launch(random)));
                };
        String name = "g" + random.nextInt(5);
        return random.nextBoolean()
                ? labelled(name, "role", state)
                : forTask(name, "role", "t" + random.nextInt(3), state);
    }

    private static TaskContainer launch(Random random) {
        return holder("t" + random.nextInt(3), "c" + random.nextInt(3));
    }

    @Test
    void labelThatOccursAThousandTimesCountsOnce() {
        GrantSet set = GrantSet.of(List.of(labelled("g", "role", new State.Unbound())));
        String[] labels = IntStream.range(0, 1000).mapToObj(_ -> ID).toArray(String[]::new);

        assertThat(set.of(task(LAUNCH, PRINCIPAL, labels))).hasSize(1);
    }

    static List<String> otherNotations() {
        return List.of(
                "",
                " ",
                ID + " ",
                " " + ID,
                ID.toUpperCase(Locale.ROOT),
                "{" + ID + "}",
                "urn:uuid:" + ID,
                ID.replace("-", ""),
                ID.replaceFirst("-", "\u2010"),
                ID.substring(0, 35),
                ID + "\u0000",
                "0" + ID,
                "1-1-1-1-1",
                "-",
                "x".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("otherNotations")
    void onlyTheExactIdNamesAGrant(String label) {
        GrantSet set = GrantSet.of(List.of(labelled("g", "role", new State.Unbound())));

        assertThat(set.of(task(LAUNCH, PRINCIPAL, label))).isEmpty();
    }

    /** Otherwise a person who knows the id could give the grant to a task with another id. */
    @Test
    void labelDoesNotNameAGrantToATaskId() {
        GrantSet set = GrantSet.of(List.of(forTask("g", "role", "t2", new State.Unbound())));

        assertThat(set.of(task(LAUNCH, PRINCIPAL, ID))).isEmpty();
        assertThat(set.of(task(holder("t2", "c1"), PRINCIPAL, ID))).hasSize(1);
    }
}
