package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The name of a host has one form in the database, as controllers write it. */
class HostNameFormTest {
    private static final TestDatabase DB = TestPostgres.database();

    @BeforeEach
    void noHost() {
        DB.execute("truncate host, host_certificate, ec2_instance, agent");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2001:db8::7",
                "2001:0db8::00ff:0",
                "2001:db8:0:0:0:0:0:7",
                "::",
                "::1",
                "fe80::a:b:c",
                "::ffff:192.0.2.7",
                "::ffff:c000:207",
                "64:ff9b::192.0.2.33",
                "192.0.2.7",
                "host7.example"
            })
    void nameIsWrittenAsControllersWriteIt(String name) {
        DB.execute("insert into host (hostname) values ('" + name + "')");

        assertThat(DB.query("select hostname from host"))
                .containsExactly(HostName.of(name).map(HostName::text).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1:2", "::1::", "a:b:c:d:e:f:1:2:3", "::1/64", "fe80::1%eth0"})
    void nameWithAColonThatIsNoAddressIsRefused(String name) {
        assertThat(HostName.of(name)).isEmpty();
        assertThatThrownBy(() -> DB.execute("insert into host (hostname) values ('" + name + "')"))
                .hasMessageContaining("host_hostname_form");
    }

    @Test
    void secondEvictionInAnotherFormIsOfTheSameHost() {
        DB.execute("insert into host (hostname) values ('2001:db8:0:0:0:0:0:7')");

        DB.execute(
                "insert into host (hostname, evicted_at, eviction_reason) values ('2001:db8::7', now(), 'stolen')"
                        + " on conflict (hostname) do update set evicted_at = now(), eviction_reason = excluded.eviction_reason");

        assertThat(DB.query("select eviction_reason from host")).containsExactly("stolen");
    }
}
