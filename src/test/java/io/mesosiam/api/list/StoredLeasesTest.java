package io.mesosiam.api.list;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.LeaseSelection;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.store.LeaseTable;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.signin.SignIn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of leases that the database selects are those that memory would select. */
class StoredLeasesTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<MesosAgentId> HOSTS = Set.of(new MesosAgentId("S0"), new MesosAgentId("S1"));

    private static final Policy OWN = BoundedPolicies.in("/team", policy(1));
    private static final PolicySet POLICIES = PolicySet.of(1, List.of(OWN, BoundedPolicies.in("/ops", policy(2))));
    private static final Sight EVERYTHING = Sight.everything(POLICIES);
    private static final Sight TEAM = Sight.of(
            new Caller("token:team", SignIn.TOKEN, Set.of(new RoleGrant(Role.VIEWER, "/team")), "192.0.2.1"), POLICIES);

    /** A lease of a page. */
    record Shown(String leaseId) {}

    private final LeaseTable table = new LeaseTable(DB.pool());

    private static Policy policy(int number) {
        Policy policy = Policies.allow("p" + number, "default", 0, BoundedPolicies.gift(BoundedPolicies.ROLE + number));
        return new Policy(
                new PolicyId(new UUID(0, number)),
                policy.namespace(),
                policy.name(),
                policy.enabled(),
                policy.priority(),
                policy.selectors(),
                policy.rule());
    }

    /** With few different values, so that many leases have equal ones; the third host is this controller's. */
    @BeforeAll
    static void leases() {
        // as in a database whose language has another order than memory: a before B
        DB.execute("alter table lease alter column task_id type mesos_id collate \"und-x-icu\"");
        DB.execute("""
                insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,
                    policy_id, policy_version, identity_hash, session_name, witnessed, container_id, created_at, until, state,
                    reason, expiration, renew_at, retry_at, reaped_at)
                select gen_random_uuid(), 'f' || n % 2, (array['a', 'B', 'b', 'ä'])[1 + n % 4] || n / 4, 'S' || n % 3, 1 + n % 2, 'n' || n % 2,
                    'arn:aws:iam::123456789012:role/r' || n % 3, ('00000000-0000-0000-0000-00000000000' || 1 + n % 2)::uuid,
                    nullif(n % 3, 0), repeat('0', 64), 'session' || n % 5, n % 2 = 0, case when n % 3 > 0 then 'c' || n end,
                    now() - n % 7 * interval '1 s 1 us', case when n % 5 = 0 then now() + n % 2 * interval '1 h' end, state,
                    case when state in ('pending', 'failed', 'reaped') then 'why ' || n % 3 || case n % 2 when 0 then ' policy /ops/p2' else '' end end,
                    case when state in ('active', 'renewing') then now() + n % 3 * interval '1 h' end,
                    case when state = 'active' then now() + n % 4 * interval '1 min' end, case when state = 'failed' then now() end,
                    case when state = 'reaped' then now() end
                from (select n, (array['pending', 'active', 'renewing', 'failed', 'reaped'])[1 + n / 3 % 5] as state
                    from generate_series(0, 199) as n) as made""");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    static Stream<String> orders() {
        return LeaseResource.kind().columns().stream().flatMap(column -> Stream.of(column.json(), "-" + column.json()));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void pagesAreInTheOrderOfMemory(String order) {
        for (Sight sight : List.of(EVERYTHING, TEAM)) {
            List<String> pages = pages(sight, order, null);

            assertThat(pages).isNotEmpty().containsExactlyElementsOf(inMemory(sight, order, null));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"taskId\": \"a0\"}",
                "{\"until\": null, \"state\": \"failed\"}",
                "{\"policyVersion\": 1, \"witnessed\": true}",
                "{\"policyId\": \"00000000-0000-0000-0000-000000000001\"}",
                "{\"reason\": \"why 1\"}",
                "{\"grantId\": null, \"containerId\": null}",
            })
    void filtersSelectAsInMemory(String filter) {
        for (Sight sight : List.of(EVERYTHING, TEAM)) {
            assertThat(pages(sight, "-createdAt", filter))
                    .containsExactlyElementsOf(inMemory(sight, "-createdAt", filter));
        }
    }

    @Test
    void leasesOfOtherNamespacesAndOtherHostsAreLeftOut() {
        assertThat(read(TEAM, "leaseId", null))
                .isNotEmpty()
                .allMatch(lease -> HOSTS.contains(lease.host()))
                .allMatch(lease -> lease.policy().equals(OWN.id()));
        assertThat(read(EVERYTHING, "leaseId", null))
                .extracting(Lease::policy)
                .containsOnly(OWN.id(), new PolicyId(new UUID(0, 2)));
    }

    /** Such callers read the reasons that they may see, and leave out what they may not. */
    @Test
    void leasesOfWhichMemorySelectsAreReadInFewParts() {
        AtomicInteger parts = new AtomicInteger();

        assertThat(first(counted(parts), TEAM, "reason", "1")).isNotEmpty();

        assertThat(parts).hasValueLessThanOrEqualTo(2);
    }

    /** A team can have a few of the leases of thousands of hosts. */
    @Test
    void rowsOfPoliciesOfOtherNamespacesAreNotRead() {
        List<Lease> rows = new ArrayList<>();

        List<Lease> first = first(TEAM, rows);

        assertThat(rows).isNotEmpty().containsExactlyInAnyOrderElementsOf(first);
    }

    @Test
    void rowsOfLaunchGrantsAreReadWhicheverPoliciesTheCallerSees() {
        DB.execute("""
                insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,
                    grant_id, identity_hash, session_name, witnessed, created_at, state, reason)
                select gen_random_uuid(), framework_id, task_id, mesos_agent_id, launch_sequence, 'granted', iam_role_arn,
                    gen_random_uuid(), identity_hash, session_name, witnessed, created_at, state, reason
                from lease where state = 'pending' and mesos_agent_id = 'S1' limit 1""");
        List<Lease> rows = new ArrayList<>();

        List<Lease> first = first(TEAM, rows);
        DB.execute("delete from lease where credential_name = 'granted'");

        assertThat(rows).anyMatch(lease -> lease.policy().grantRow().isPresent());
        assertThat(first).noneMatch(lease -> lease.policy().grantRow().isPresent());
    }

    @Test
    void leasesThatTheCallerDoesNotSeeDoNotEndAList() {
        Lease seen = read(TEAM, "leaseId", null).getFirst();
        Lease unseen = TestLaunches.lease(TestLaunches.launch("t1"), new LeaseState.Pending("waits"));
        Deque<List<Lease>> parts =
                new ArrayDeque<>(List.of(List.of(unseen), List.of(unseen), List.of(seen), List.of()));
        LeaseRows rows = new LeaseRows() {
            @Override
            public List<Lease> live(MesosAgentId host) {
                return List.of();
            }

            @Override
            public List<Lease> select(LeaseSelection selection) {
                return parts.remove();
            }
        };

        assertThat(first(rows, TEAM, "leaseId", "1")).containsExactly(seen);
    }

    /** Of the rows of launch grants, a caller may see none. */
    @Test
    void rowsThatTheCallerMayNotSeeAreReadInFewParts() {
        DB.execute("""
                insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,
                    grant_id, identity_hash, session_name, witnessed, created_at, state, reason)
                select gen_random_uuid(), 'f0', 'granted' || n, 'S1', 1, 'granted', 'arn:aws:iam::123456789012:role/r0',
                    gen_random_uuid(), repeat('0', 64), 'session', true, now(), 'pending', 'waits'
                from generate_series(0, 49) as n""");
        AtomicInteger parts = new AtomicInteger();

        List<Lease> first = first(counted(parts), TEAM, "credentialName", "1");
        DB.execute("delete from lease where credential_name = 'granted'");

        assertThat(first).isNotEmpty();
        assertThat(parts).hasValueLessThanOrEqualTo(2);
    }

    /** @param rows receives the leases that are read from the table */
    private List<Lease> first(Sight sight, List<Lease> rows) {
        LeaseRows recorded = new LeaseRows() {
            @Override
            public List<Lease> live(MesosAgentId host) {
                return table.live(host);
            }

            @Override
            public List<Lease> select(LeaseSelection selection) {
                List<Lease> part = table.select(selection);
                rows.addAll(part);
                return part;
            }
        };
        return first(recorded, sight, "leaseId", "1000");
    }

    private LeaseRows counted(AtomicInteger parts) {
        return new LeaseRows() {
            @Override
            public List<Lease> live(MesosAgentId host) {
                return table.live(host);
            }

            @Override
            public List<Lease> select(LeaseSelection selection) {
                parts.incrementAndGet();
                return table.select(selection);
            }
        };
    }

    private static List<Lease> first(LeaseRows rows, Sight sight, String order, String limit) {
        MemoryList<Lease> list = LeaseColumns.list(sight);
        ListParameters wanted = ListParameters.of(list.kind(), null, order, null, limit, null, new Parameters());
        return new StoredLeases(rows, list, sight, POLICIES).first(wanted, HOSTS);
    }

    private List<Lease> read(Sight sight, String order, @Nullable String filter) {
        MemoryList<Lease> list = LeaseColumns.list(sight);
        ListParameters all = ListParameters.of(list.kind(), filter, order, null, "1000", null, new Parameters());
        return new StoredLeases(table, list, sight, POLICIES).first(all, HOSTS);
    }

    private List<String> pages(Sight sight, String order, @Nullable String filter) {
        MemoryList<Lease> list = LeaseColumns.list(sight);
        List<String> ids = new ArrayList<>();
        String cursor = null;
        do {
            ListParameters wanted = ListParameters.of(list.kind(), filter, order, null, "7", cursor, new Parameters());
            List<Lease> first = new StoredLeases(table, list, sight, POLICIES).first(wanted, HOSTS);
            ListParameters.Page<Object> page = list.page(
                    wanted, first.stream(), lease -> new Shown(lease.id().toString()), JSON);
            first.stream()
                    .limit(page.items().size())
                    .forEach(lease -> ids.add(lease.id().toString()));
            cursor = page.next();
        } while (cursor != null);
        return ids;
    }

    private List<String> inMemory(Sight sight, String order, @Nullable String filter) {
        MemoryList<Lease> list = LeaseColumns.list(sight);
        ListParameters all = ListParameters.of(list.kind(), filter, order, null, "1000", null, new Parameters());
        List<UUID> every = DB.query("select id::text from lease").stream()
                .map(UUID::fromString)
                .toList();
        return list
                .first(all, table.of(every).stream().filter(lease -> HOSTS.contains(lease.host()) && sight.sees(lease)))
                .stream()
                .map(lease -> lease.id().toString())
                .toList();
    }
}
