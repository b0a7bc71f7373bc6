package io.mesosiam.admin.revocation;

import io.mesosiam.admin.withdrawal.EndReview;

/** The statements of a revocation. A target's parts that are not set are empty texts. */
final class RevocationSql {
    /** Sessions of one IAM role that are denied by their names. */
    static final int MOST_NAMES = 20;

    /**
     * The parts of a withdrawal; a lease is named by its task, its Mesos agent and its credential name. The number of its launch can
     * be another one at the next controller of its host, and after a restart of the task another launch's.
     */
    static final String INSERT = """
            insert into withdrawal (framework_id, task_id, mesos_agent_id, credential_name, policy_id, iam_role_arn, reason)
            select coalesce(nullif(:framework, ''), lease.framework_id), coalesce(nullif(:task, ''), lease.task_id),
                coalesce(nullif(:agent, ''), lease.mesos_agent_id), lease.credential_name,
                cast(nullif(:policy, '') as uuid), nullif(:role, ''), cast(:reason as text)
            from (select 1) as one left join lease on lease.id = cast(nullif(:lease, '') as uuid)
            on conflict do nothing
            returning cast(id as text)""";

    static final String STANDING = """
            select cast(withdrawal.id as text) from withdrawal left join lease on lease.id = cast(nullif(:lease, '') as uuid)
            where lifted_at is null
                and withdrawal.framework_id is not distinct from coalesce(nullif(:framework, ''), lease.framework_id)
                and withdrawal.task_id is not distinct from coalesce(nullif(:task, ''), lease.task_id)
                and withdrawal.mesos_agent_id is not distinct from coalesce(nullif(:agent, ''), lease.mesos_agent_id)
                and withdrawal.launch_sequence is null
                and withdrawal.credential_name is not distinct from lease.credential_name
                and withdrawal.policy_id is not distinct from cast(nullif(:policy, '') as uuid)
                and withdrawal.iam_role_arn is not distinct from nullif(:role, '')""";

    /**
     * STS may be issuing a session now to a lease that waits for its first one or whose renewal has begun; the row of one
     * that is about to begin can be late. Its keys would be valid for the whole length of a session.
     */
    private static final String COVERED = """
            select role, session_name, case when under_way then greatest(expiration, longest) else expiration end as until, longest, shared from (
            select cast(lease.iam_role_arn as text) as role, lease.session_name, lease.expiration,
                lease.state in ('pending', 'renewing')
                    or lease.state = 'active' and lease.renew_at <= now() + interval '1 minute'
                    or lease.state = 'failed' and lease.expiration is not null and lease.retry_at <= now() + interval '1 minute' as under_way,
                now() + coalesce((select session_length from policy where policy.id = lease.policy_id), interval '12 hours') as longest,
                exists (
                    select from lease as other
                    where other.id <> lease.id and other.state <> 'reaped' and other.iam_role_arn = lease.iam_role_arn
                        and other.session_name = lease.session_name)
                or exists (select from policy where policy.id = lease.policy_id and policy.sharing = 'role') as shared
            from lease join withdrawal as made on made.id = cast(:withdrawal as uuid)
            where
            """ + EndReview.COVERS + ") as live";

    /** When the last session expires of the leases that a withdrawal covers; no row if none has a session. */
    static final String UNTIL = "select until from (select max(until) as until from (" + COVERED
            + ") as covered) as last where until is not null";

    /** The sessions that a withdrawal covers, by IAM role: there can be a session of each task. */
    static final String COVERED_ROLES = "select role, count(*), case when count(*) <= " + MOST_NAMES
            + " then string_agg(distinct session_name, ' ') else '' end,"
            + " max(until), max(longest), bool_or(shared) from (" + COVERED + ") as covered"
            + " where session_name is not null and until is not null group by role order by role";

    /** When the sessions that a withdrawal covered when it was made expire; no row if there was none. */
    static final String KEPT = """
            select keys_valid_until from withdrawal where id = cast(:withdrawal as uuid) and keys_valid_until is not null""";

    /** Whether there was never a lease with an id. Each of the three reads no other tables: the database user may have no right to them. */
    static final String NO_LEASE = "select not exists (select from lease where id = cast(:id as uuid))";

    static final String NO_POLICY = """
            select not exists (select from policy_revision where policy_id = cast(:id as uuid))
                and not exists (select from lease where policy_id = cast(:id as uuid))""";

    static final String NO_AGENT = """
            select not exists (select from agent where mesos_agent_id = :id)
                and not exists (select from lease where mesos_agent_id = :id)""";

    /**
     * A session may be under way, and the clocks of the database and of AWS differ: sessions issued within a minute are
     * denied too. Sessions that an open denial of the same withdrawal includes are not denied twice. No session lasts
     * longer than 12 hours.
     */
    static final String DENY_NAMES = """
            insert into session_denial (withdrawal_id, iam_role_arn, session_names, issued_before, remove_after)
            select withdrawal, arn, names, now() + interval '1 minute', greatest(until, longest + interval '1 minute') + interval '5 minutes'
            from (values (cast(:withdrawal as uuid), cast(:arn as text), string_to_array(cast(:names as text), ' '),
                cast(cast(:until as text) as timestamptz), cast(cast(:longest as text) as timestamptz))) as denied (withdrawal, arn, names, until, longest)
            where not exists (
                select from session_denial as known
                where known.withdrawal_id = withdrawal and known.iam_role_arn = arn and known.removed_at is null
                    and known.session_names @> names and coalesce(known.issued_before >= known.requested_at, true)
                    and known.remove_after >= least(until, now() + interval '12 hours') + interval '5 minutes')""";

    /** Requests within a minute are one denial. */
    static final String DENY_ROLE = """
            insert into session_denial (withdrawal_id, iam_role_arn, issued_before, remove_after)
            select cast(:withdrawal as uuid), cast(:arn as text), now() + interval '1 minute', now() + interval '12 hours 6 minutes'
            where not exists (
                select from session_denial as known
                where known.iam_role_arn = :arn and known.removed_at is null and known.session_names = '{}' and known.issued_before > now()
                    and known.remove_after > now() + interval '12 hours 5 minutes')""";

    /** The characters that the inline policies of open denials take of the role's space, about. */
    static final String OPEN = """
            select coalesce(sum(200 + 5 * cardinality(session_names) + char_length(array_to_string(session_names, ''))), 0)
            from session_denial where iam_role_arn = :arn and removed_at is null""";

    /** Whether an IAM role is or was one of a policy or of a lease. */
    static final String IS_KNOWN = """
            select exists (select from policy where iam_role_arn = :arn)
                or exists (select from lease where iam_role_arn = :arn)
                or exists (select from policy_revision where content ->> 'iam_role_arn' = :arn)""";

    private RevocationSql() {}
}
