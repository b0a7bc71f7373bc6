package io.mesosiam.agent.hostrole;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asking a metadata service which role the host has. */
class HostRoleTest {
    private FakeMetadata service;

    @BeforeEach
    void start() throws IOException {
        service = FakeMetadata.start();
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            200, web-host,             'Present[name=web-host, account=Optional.empty]'
            200, 'web-host\n',        'Present[name=web-host, account=Optional.empty]'
            404, not found,            None[]
            200, <html>,               Unknown[reason=the metadata service answers with no name of a role]
            200, 'one\ntwo',          Unknown[reason=the metadata service answers with no name of a role]
            500, '',                   Unknown[reason=the metadata service answers with status 500]
            """)
    void serviceSaysWhichRoleTheHostHas(int status, String body, String role) {
        service.answer(HostRole.PATH, status, body.replace("\\n", "\n"));

        assertThat(ask(service.address())).hasToString(role);
        assertThat(service.requests())
                .startsWith("PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/ a-token");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            200; {"InstanceProfileArn" : "arn:aws:iam::123456789012:instance-profile/a/b"}; 123456789012
            200; {"InstanceProfileArn":"arn:aws-cn:iam::123456789012:instance-profile/x"}; 123456789012
            200; {"InstanceProfileArn":"arn:aws:iam::12345:instance-profile/x"};
            200; 123456789012;
            404; {"InstanceProfileArn":"arn:aws:iam::123456789012:instance-profile/x"};
            """)
    void instanceProfileHasTheAccountOfTheRole(int status, String info, String account) {
        service.answer(HostRole.PATH, 200, "web-host");
        service.answer(HostRole.PROFILE_PATH, status, info);

        assertThat(ask(service.address())).isEqualTo(new HostRole.Present("web-host", Optional.ofNullable(account)));
    }

    @Test
    void serviceOfVersionOneNeedsNoToken() {
        service.answer("/latest/api/token", 404, "");
        service.answer(HostRole.PATH, 200, "old-host");

        assertThat(ask(service.address())).isEqualTo(new HostRole.Present("old-host", Optional.empty()));
        assertThat(service.requests()).contains("GET /latest/meta-data/iam/security-credentials/");
    }

    @Test
    void addressWithoutAServiceIsSkippedAndAHostWithoutOneHasNoRole() {
        InetSocketAddress none = new InetSocketAddress(InetAddress.getLoopbackAddress(), TestPort.claim());
        service.answer(HostRole.PATH, 200, "second");

        assertThat(ask(none)).isEqualTo(new HostRole.None());
        assertThat(ask(none, service.address())).isEqualTo(new HostRole.Present("second", Optional.empty()));
    }

    private static HostRole ask(InetSocketAddress... services) {
        return HostRole.ask(new HostMetadata(List.of(services), TimeLimit.millis(5_000)));
    }
}
