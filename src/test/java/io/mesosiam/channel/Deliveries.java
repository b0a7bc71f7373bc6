package io.mesosiam.channel;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Session;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.secret.Secret;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Sample deliveries. */
public final class Deliveries {
    static final ContainerId CONTAINER = ContainerId.of("outer").child("inner");
    static final Instant EXPIRATION = Instant.parse("2099-01-01T00:00:00Z");

    private Deliveries() {}

    static Delivery serve(Lease lease) {
        return serve(lease, "fake-token");
    }

    static Delivery serve(Lease lease, String token) {
        return new Delivery.Serve(
                lease, new Session("ASIAFAKE", Secret.of("fake-secret"), Secret.of(token), EXPIRATION));
    }

    public static Delivery refuse(String message) {
        return new Delivery.Refuse(CONTAINER, CredentialName.DEFAULT, RefusalCode.NO_POLICY, message);
    }

    static Lease lease(int number) {
        return new Lease(
                new LeaseId(new UUID(0, number)),
                new LeaseKey(
                        new Launch(new TaskKey(new FrameworkId("F"), new TaskId("T" + number), ChannelFixture.S1), 1),
                        CredentialName.DEFAULT),
                new IamRole("arn:aws:iam::123456789012:role/reporting"),
                new PolicyId(new UUID(1, 1)),
                "ab".repeat(32),
                "T" + number,
                true,
                Optional.of(CONTAINER),
                Instant.EPOCH,
                Optional.empty(),
                new LeaseState.Active(EXPIRATION, EXPIRATION, 0),
                number);
    }
}
