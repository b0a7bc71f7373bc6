package io.mesosiam.admin.withdrawal;

import io.smallrye.mutiny.Uni;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/** Examines which leases a withdrawal ends, before it is committed. */
@FunctionalInterface
public interface EndReview {
    /** For a withdrawal that is not stored, whatever it ends. */
    EndReview NEVER = _ -> false;

    /** Whether a lease is live, and {@code made}, a withdrawal, covers it. */
    String COVERS = """
            lease.state <> 'reaped' and lease.iam_role_arn is not null
                and (made.framework_id is null or lease.framework_id = made.framework_id)
                and (made.task_id is null or lease.task_id = made.task_id)
                and (made.mesos_agent_id is null or lease.mesos_agent_id = made.mesos_agent_id)
                and (made.launch_sequence is null or lease.launch_sequence = made.launch_sequence)
                and (made.credential_name is null or lease.credential_name = made.credential_name)
                and (made.policy_id is null or lease.policy_id = made.policy_id)
                and (made.iam_role_arn is null or lease.iam_role_arn = made.iam_role_arn)""";

    /** Decides whether the withdrawal is committed. A failure rolls it back too, and is the outcome of the write. */
    boolean commits(Ended ended);

    /**
     * What a withdrawal ends.
     *
     * @param leases number of live leases that it covers
     * @param live number of live leases of all controllers
     * @param exempt whether it needs no confirmation: it covers one task or a part of it, or stands already
     * @param later the leases that it covers and that end later
     */
    record Ended(long leases, long live, boolean exempt, EndedLater later) {
        private static final String COUNT = """
                select count(*) filter (where %s), count(*) filter (where lease.state <> 'reaped' and lease.iam_role_arn is not null),
                    made.task_id is not null
                from withdrawal as made left join lease on true where made.id = cast(:id as uuid) group by made.id""".formatted(COVERS);

        /** The same of a withdrawal that stands already. */
        public Ended standing() {
            return new Ended(leases, live, true, later);
        }

        /** What a withdrawal ends that this transaction sees. */
        public static Uni<Ended> of(StatelessSession session, UUID withdrawal) {
            return session.createNativeQuery(COUNT, Object[].class)
                    .setParameter("id", withdrawal.toString())
                    .getSingleResult()
                    .chain(row -> EndedLater.of(session, withdrawal)
                            .map(later -> new Ended(
                                    ((Number) row[0]).longValue(),
                                    ((Number) row[1]).longValue(),
                                    Boolean.TRUE.equals(row[2]),
                                    later)));
        }
    }
}
