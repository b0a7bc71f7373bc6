package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.RecordedHost;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the connection to the lease, for every container that was recorded next to a real Mesos agent. */
class RecordedContainersTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant EXPIRATION = NOW.plus(Duration.ofHours(1));

    /** The result for one recorded process. */
    private record Outcome(String what, String attested, String by, String lease) {}

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containersGetTheirTasksLeaseAndOtherProcessesGetNone(CgroupVersion layout) throws IOException {
        List<RecordedHost.Row> rows = RecordedHost.rows(layout);
        List<Outcome> outcomes = new ArrayList<>();

        try (LeaseStore store = new LeaseStore(() -> NOW, _ -> Optional.empty());
                RecordedHost host = RecordedHost.open(layout)) {
            rows.stream()
                    .filter(RecordedHost.Row::isTask)
                    .forEach(task -> LeaseStoreFixture.upsert(store, lease(task.id())));
            for (RecordedHost.Row row : rows) {
                outcomes.add(outcome(row.what(), host.attest(row), store));
            }
        }

        assertThat(outcomes)
                .containsExactlyElementsOf(rows.stream()
                        .map(row -> new Outcome(row.what(), row.id(), row.by(), row.lease()))
                        .toList());
    }

    private static Outcome outcome(String what, Attestation attestation, LeaseStore store) {
        return switch (attestation) {
            case Attestation.Attested(var container, String by) ->
                new Outcome(what, container.id(), by, leaseOf(container.id(), store));
            case Attestation.NoContainer no -> new Outcome(what, "", "-", "-");
            case Attestation.Ambiguous(String reason) -> new Outcome(what, reason, "ambiguous", "-");
            case Attestation.Unrecorded(String reason, var passing) -> new Outcome(what, reason, "unrecorded", "-");
            case Attestation.Unknown(String reason) -> new Outcome(what, reason, "unknown", "-");
        };
    }

    private static String leaseOf(String containerId, LeaseStore store) {
        return switch (store.find(containerId, "default")) {
            case Answer.Lease lease -> lease.containerId();
            case Answer.Refusal refusal -> "-";
            case Answer.Nothing nothing -> "-";
        };
    }

    private static Entry.Served lease(String containerId) {
        return new Entry.Served(
                "lease-" + containerId.substring(containerId.lastIndexOf('/') + 1),
                1,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::123456789012:role/task",
                "hash",
                new WireSession(
                        "ASIAEXAMPLE", Secret.of("not-a-secret-key"), Secret.of("not-a-session-token"), EXPIRATION));
    }
}
