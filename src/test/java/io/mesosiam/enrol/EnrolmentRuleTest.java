package io.mesosiam.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.EnrolmentRule.Decision;
import io.mesosiam.enrol.authority.CertificateRequest.Fault;
import io.mesosiam.enrol.authority.HostName;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EnrolmentRuleTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String HASH = "010203";
    private static final HostName HOST = HostName.of("web-1.hosts.example").orElseThrow();

    /**
     * Each row is one request: what is true of it, in the words of the columns, and the condition that fails first.
     * {@code use}: whether the host has used the token with the same key, another one, or the same before its eviction.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            first use is signed and counted           | web-1.hosts.example | 1 | 0 | 60  | valid revoked=false  | none    | -                 | SIGN 1
            repeated request is signed, not counted   | web-1.hosts.example | 1 | 1 | 60  | valid revoked=false  | same    | -                 | SIGN 0
            other key is refused                      | web-1.hosts.example | 1 | 1 | 60  | valid revoked=false  | other   | -                 | TOKEN_OTHER_KEY
            used token is refused                     | web-1.hosts.example | 1 | 1 | 60  | valid revoked=false  | none    | -                 | TOKEN_USED
            wrong secret is refused                   | web-1.hosts.example | 1 | 0 | 60  | wrong revoked=false  | none    | -                 | TOKEN_SECRET
            wrong secret is refused first             | other.example       | 1 | 1 | -60 | wrong revoked=true   | other   | evicted           | TOKEN_SECRET
            revoked token is refused                  | web-1.hosts.example | 1 | 0 | 60  | valid revoked=true   | none    | -                 | TOKEN_REVOKED
            expired token is refused                  | web-1.hosts.example | 1 | 0 | 0   | valid revoked=false  | none    | -                 | TOKEN_EXPIRED
            repeated request after expiry is refused  | web-1.hosts.example | 1 | 1 | -1  | valid revoked=false  | same    | -                 | TOKEN_EXPIRED
            token of another host is refused          | web-2.hosts.example | 1 | 0 | 60  | valid revoked=false  | none    | -                 | TOKEN_OTHER_HOST
            pattern covers the host                   | web-*.hosts.example | 5 | 4 | 60  | valid revoked=false  | none    | -                 | SIGN 1
            pattern that is used up                   | web-*.hosts.example | 5 | 5 | 60  | valid revoked=false  | none    | -                 | TOKEN_USED
            pattern for others                        | db-*.hosts.example  | 5 | 0 | 60  | valid revoked=false  | none    | -                 | TOKEN_OTHER_HOST
            pattern replaces no host                  | web-*.hosts.example | 5 | 0 | 60  | valid revoked=false  | none    | enrolled          | HOST_ENROLLED
            token for the name replaces the host      | web-1.hosts.example | 1 | 0 | 60  | valid revoked=false  | none    | enrolled          | SIGN 1
            evicted host is refused                   | web-1.hosts.example | 1 | 0 | 60  | valid revoked=false  | none    | evicted           | HOST_EVICTED
            token used before the eviction            | web-1.hosts.example | 1 | 1 | 60  | valid revoked=false  | before  | -                 | TOKEN_BEFORE_EVICTION
            repeat after the certificate has expired  | web-1.hosts.example | 1 | 1 | 60  | valid revoked=false  | expired | -                 | TOKEN_USED
            pattern, after the certificate expired    | web-*.hosts.example | 5 | 1 | 60  | valid revoked=false  | expired | -                 | TOKEN_USED
            other key after the certificate expired   | web-1.hosts.example | 1 | 1 | 60  | valid revoked=false  | old     | -                 | TOKEN_USED
            other key of an evicted host              | web-1.hosts.example | 1 | 1 | 60  | valid revoked=false  | other   | evicted           | HOST_EVICTED
            host that asks all the time               | web-1.hosts.example | 1 | 1 | 60  | valid revoked=false  | same    | often             | TOO_OFTEN
            """)
    void tokenIsAcceptedUnlessAConditionFails(
            String row,
            String hostname,
            int uses,
            int used,
            long secondsLeft,
            String token,
            String use,
            String host,
            String expected) {
        Decision decision = EnrolmentRule.byToken(
                token.startsWith("valid") ? HASH : "040506",
                HOST,
                Optional.empty(),
                Optional.of(new EnrolmentFacts.Token(
                        HASH, hostname, uses, used, NOW.plusSeconds(secondsLeft), token.endsWith("=true"))),
                host(use, host));

        assertThat(text(decision)).as(row).isEqualTo(expected);
    }

    @Test
    void unknownTokenIsRefused() {
        assertThat(EnrolmentRule.byToken(HASH, HOST, Optional.empty(), Optional.empty(), host(null, "-")))
                .isEqualTo(new Decision.Refuse(Refusal.TOKEN_UNKNOWN));
    }

    @ParameterizedTest
    @EnumSource
    void faultyRequestIsRefusedWithEitherProof(Fault fault) {
        Refusal why = Refusal.valueOf(fault.name());
        EnrolmentFacts.Token token = new EnrolmentFacts.Token(HASH, HOST.text(), 1, 0, NOW.plusSeconds(1), false);

        assertThat(EnrolmentRule.byToken(HASH, HOST, Optional.of(fault), Optional.of(token), host(null, "-")))
                .isEqualTo(new Decision.Refuse(why));
        assertThat(EnrolmentRule.byCertificate(
                        HOST,
                        Optional.of(fault),
                        Optional.of(new EnrolmentFacts.Issued(HOST.text(), false, false, Optional.empty())),
                        host(null, "-")))
                .isEqualTo(new Decision.Refuse(why));
        assertThat(why.text()).isEqualTo(fault.text());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "web-1.hosts.example, valid, -, SIGN 0",
                "web-1.hosts.example, valid, enrolled, SIGN 0",
                "web-2.hosts.example, valid, -, CERTIFICATE_UNKNOWN",
                "none, valid, -, CERTIFICATE_UNKNOWN",
                "web-1.hosts.example, evicted, -, CERTIFICATE_EVICTED",
                "web-1.hosts.example, expired, -, CERTIFICATE_EXPIRED",
                "web-1.hosts.example, valid, evicted, HOST_EVICTED",
                "web-1.hosts.example, valid, often, TOO_OFTEN",
            })
    void certificateOfTheStreamProvesTheHost(String issuedFor, String certificate, String host, String expected) {
        Decision decision = EnrolmentRule.byCertificate(
                HOST,
                Optional.empty(),
                Optional.ofNullable(issuedFor)
                        .map(name -> new EnrolmentFacts.Issued(
                                name, certificate.equals("evicted"), certificate.equals("expired"), Optional.empty())),
                host(null, host));

        assertThat(text(decision)).isEqualTo(expected);
    }

    /**
     * Each row is one request of an instance. {@code instance}: what its row has, or none. {@code claimed}: what others have of the host.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            first enrolment                                     | none                            | -          | -        | SIGN 0
            same key again                                      | web-1.hosts.example same        | -          | -        | SIGN 0
            same key again while its certificate is valid       | web-1.hosts.example same        | -          | enrolled | SIGN 0
            another key is a second claim                       | web-1.hosts.example other       | -          | -        | SUSPEND INSTANCE_OTHER_KEY
            another key for another host is a second claim      | web-2.hosts.example other       | -          | -        | SUSPEND INSTANCE_OTHER_KEY
            any key after the host may enrol again              | web-1.hosts.example any         | -          | -        | SIGN 0
            another host after the host may enrol again         | web-2.hosts.example any         | -          | -        | SIGN 0
            same key for another host                           | web-2.hosts.example same        | -          | -        | INSTANCE_OTHER_HOST
            suspended instance                                  | web-2.hosts.example suspended   | -          | -        | INSTANCE_SUSPENDED
            terminated instance                                 | web-1.hosts.example terminated  | -          | -        | INSTANCE_TERMINATED
            evicted host                                        | web-1.hosts.example same        | -          | evicted  | HOST_EVICTED
            evicted host and another key: no second suspension  | web-1.hosts.example other       | -          | evicted  | HOST_EVICTED
            evicted host of an unknown instance                 | none                            | -          | evicted  | HOST_EVICTED
            name of a terminated instance                       | none                            | terminated | evicted  | SIGN 0
            name of another instance                            | none                            | other      | -        | HOST_OTHER_PROOF
            name of a host with a join token, same key before   | web-1.hosts.example same        | other      | -        | HOST_OTHER_PROOF
            another key after a join token replaced it          | web-1.hosts.example other       | other      | -        | HOST_OTHER_PROOF
            another key for a host with a join token            | web-2.hosts.example other       | other      | -        | SUSPEND INSTANCE_OTHER_KEY
            instance that asks all the time                     | web-1.hosts.example same        | -          | often    | TOO_OFTEN
            """)
    void instanceEnrolsWithOneKey(String row, String instance, String claimed, String host, String expected) {
        Decision decision = EnrolmentRule.byInstance(
                HOST,
                Optional.empty(),
                Optional.ofNullable(instance).map(EnrolmentRuleTest::instance),
                new EnrolmentFacts.Claimed(claimed.equals("terminated"), claimed.equals("other")),
                host(null, host));

        assertThat(text(decision)).as(row).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void faultyRequestOfAnInstanceSuspendsNothing(Fault fault) {
        assertThat(EnrolmentRule.byInstance(
                        HOST,
                        Optional.of(fault),
                        Optional.of(instance("web-1.hosts.example other")),
                        new EnrolmentFacts.Claimed(false, false),
                        host(null, "-")))
                .isEqualTo(new Decision.Refuse(Refusal.valueOf(fault.name())));
    }

    private static EnrolmentFacts.Instance instance(String text) {
        String[] parts = text.split(" ", -1);
        return new EnrolmentFacts.Instance(
                parts[0],
                parts[1].equals("any") ? Optional.empty() : Optional.of(parts[1].equals("same")),
                parts[1].equals("suspended"),
                parts[1].equals("terminated"));
    }

    @ParameterizedTest
    @CsvSource({
        "*.hosts.example, web-1.hosts.example, true",
        "*.hosts.example, a.web-1.hosts.example, false",
        "*.hosts.example, hosts.example, false",
        "w*-1.*s.hosts.example, web-1.as.hosts.example, true",
        "web-1.hosts.example, webx1.hosts.example, false",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1, true",
        "192.0.2.7, 192.0.2.8, false",
        "*.0.2.7, 192.0.2.7, false",
        "**.hosts.example, web-1.hosts.example, true",
        "*b-*b.hosts.example, b-b.hosts.example, true",
        "*bb*b.hosts.example, bb.hosts.example, false",
        "a*a.hosts.example, a.hosts.example, false",
        "a*b*c.hosts.example, a-c-b.hosts.example, false",
        "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b.hosts.example, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.hosts.example, false",
    })
    void starStandsForCharactersWithoutADot(String hostname, String host, boolean covered) {
        assertThat(EnrolmentRule.covers(hostname, HostName.of(host).orElseThrow()))
                .isEqualTo(covered);
    }

    private static EnrolmentFacts.Host host(String use, String what) {
        return new EnrolmentFacts.Host(
                NOW,
                what.equals("evicted"),
                Optional.ofNullable(use)
                        .map(kind -> new EnrolmentFacts.Use(
                                !Set.of("other", "old").contains(kind),
                                kind.equals("before"),
                                Set.of("expired", "old").contains(kind))),
                what.equals("enrolled"),
                Set.of("often").contains(what) ? EnrolmentRule.MOST_AN_HOUR : 0);
    }

    private static String text(Decision decision) {
        return switch (decision) {
            case Decision.Sign(boolean counts) -> "SIGN " + (counts ? 1 : 0);
            case Decision.Refuse(Refusal why) -> why.name();
            case Decision.Suspend(Refusal why) -> "SUSPEND " + why.name();
        };
    }
}
