package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.DefaultTags;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which default tags a session gets, and which are dropped when the tags are too large. */
class DefaultTagsTest {
    private final SessionsFixture fixture = new SessionsFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void sessionOfATaskStatesClusterNamespaceFrameworkTaskAndMesosRole() {
        SessionIdentity identity = identity(defaults(), task("job-7"));

        assertThat(identity.tags())
                .containsExactly(
                        Map.entry(DefaultTags.CLUSTER, "prod"),
                        Map.entry(DefaultTags.FRAMEWORK, "spark-0001"),
                        Map.entry(DefaultTags.NAMESPACE, "/data"),
                        Map.entry(DefaultTags.MESOS_ROLE, "eng/data"),
                        Map.entry(DefaultTags.TASK, "job-7"));
        assertThat(identity.transitiveTags())
                .containsExactlyElementsOf(identity.tags().keySet());
    }

    @Test
    void sessionThatTasksShareStatesNothingOfATask() {
        SessionIdentity one = identity(defaults().shared(), task("one"));

        assertThat(one.tags())
                .containsExactly(Map.entry(DefaultTags.CLUSTER, "prod"), Map.entry(DefaultTags.NAMESPACE, "/data"));
        assertThat(one).isEqualTo(identity(defaults().shared(), task("two", "other", Optional.empty())));
    }

    @Test
    void charactersThatStsRefusesAreReplacedAsInASafePlaceholder() {
        SessionIdentity identity = identity(defaults(), task("job#7", "*", Optional.empty()));

        assertThat(identity.tags())
                .containsEntry(DefaultTags.TASK, SafeText.of("job#7"))
                .containsEntry(DefaultTags.MESOS_ROLE, SafeText.of("*"));
        assertThat(SafeText.of("job#7")).startsWith("job_7-");
    }

    @Test
    void ownTagReplacesADefaultTagOfTheSameKeyInAnyCase() {
        SessionIdentity identity = identity(defaults().tags(Map.of("Mesos-Task", "mine")), task("job-7"));

        assertThat(identity.tags()).containsEntry("Mesos-Task", "mine").doesNotContainKey(DefaultTags.TASK);
        assertThat(identity.transitiveTags()).doesNotContain("Mesos-Task");
        assertThat(identity.droppableTags()).doesNotContain(DefaultTags.TASK);
    }

    @Test
    void defaultTagsBeyondTheEstimatedSizeAreDroppedInTheirOrder() {
        var identity = identity(
                defaults().tags(Map.of("own", "x".repeat(256), "more", "x".repeat(100))), task("t".repeat(128)));

        assertThat(identity.tags())
                .containsOnlyKeys(
                        "own",
                        "more",
                        DefaultTags.FRAMEWORK,
                        DefaultTags.NAMESPACE,
                        DefaultTags.MESOS_ROLE,
                        DefaultTags.CLUSTER);
        assertThat(identity.droppableTags())
                .containsExactly(
                        DefaultTags.FRAMEWORK, DefaultTags.NAMESPACE, DefaultTags.MESOS_ROLE, DefaultTags.CLUSTER);
    }

    @Test
    void defaultTagsBeyondTheMaximumNumberAreDroppedInTheirOrder() {
        Map<String, String> own = new LinkedHashMap<>();
        IntStream.range(0, 49).forEach(i -> own.put("k" + i, ""));

        assertThat(identity(defaults().tags(own), task("job-7")).tags())
                .hasSize(50)
                .containsKey(DefaultTags.CLUSTER);
    }

    @Test
    void tagsThatStsFindsTooLargeAreDroppedUntilTheSessionIsIssued() {
        // The estimate admits up to 500 bytes, this STS 455.
        SessionIdentity identity = identity(defaults().tags(Map.of("own", "x".repeat(250))), task("t".repeat(128)));
        assertThat(identity.tags()).containsKey(DefaultTags.TASK);

        SessionOutcome first = fixture.sessions.session(identity, true);
        SessionOutcome renewed = fixture.sessions.session(identity, false);

        assertThat(first).isInstanceOf(SessionOutcome.Issued.class);
        assertThat(renewed).isInstanceOf(SessionOutcome.Issued.class);
        List<List<String>> sent =
                fixture.sts.requests().stream().map(DefaultTagsTest::keys).toList();
        List<String> withoutTask = List.of(
                DefaultTags.CLUSTER, DefaultTags.FRAMEWORK, DefaultTags.NAMESPACE, DefaultTags.MESOS_ROLE, "own");
        assertThat(sent).hasSize(3);
        assertThat(sent.getFirst()).contains(DefaultTags.TASK);
        assertThat(sent.subList(1, 3)).containsOnly(withoutTask);
        assertThat(fixture.sts.requests().get(1).values()).doesNotContain(DefaultTags.TASK);
    }

    @Test
    void sessionWhoseOwnTagsAreTooLargeIsRefusedAfterAllDefaultTagsWereDropped() {
        SessionIdentity identity =
                identity(defaults().tags(Map.of("own", "x".repeat(256), "more", "x".repeat(200))), task("job-7"));
        assertThat(identity.droppableTags()).isNotEmpty();

        SessionOutcome outcome = fixture.sessions.session(identity, true);

        assertThat(outcome).isInstanceOfSatisfying(SessionOutcome.Refused.class, refused -> assertThat(refused.reason())
                .contains("PackedPolicyTooLarge"));
        assertThat(fixture.sts.requests()).hasSize(identity.droppableTags().size() + 1);
        assertThat(keys(fixture.sts.requests().getLast())).containsExactly("more", "own");
    }

    private static Launches.Gives defaults() {
        return gives().defaultTags("prod", "/data");
    }

    private static List<String> keys(Map<String, String> request) {
        return IntStream.rangeClosed(1, 50)
                .mapToObj(i -> Optional.ofNullable(request.get("Tags.member." + i + ".Key")))
                .flatMap(Optional::stream)
                .toList();
    }

    private static SessionIdentity identity(Launches.Gives gives, LaunchedTask task) {
        return new IdentityRule(Duration.ofHours(1)).identity(gives.entitlement(), CredentialName.DEFAULT, task);
    }
}
