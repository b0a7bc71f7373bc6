package io.mesosiam.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.secret.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnrolmentVariablesTest extends SettingsFixture {
    /** The secret has the two characters of base64url that also separate. */
    private static final String SECRET = "_-".repeat(21) + "s";

    private static final String PIN = "-".repeat(42) + "p";
    private static final String TOKEN = "mij_" + "0a".repeat(16) + "_" + SECRET + "_" + PIN;

    @TempDir
    private Path directory;

    private final Map<String, String> settings = new HashMap<>(
            Map.of("CONTROLLERS", "wss://a.example:8443,wss://[2001:db8::1]:9443", "MESOS_WORK_DIR", "/var/lib/mesos"));

    private EnrolmentSettings enrolment() {
        return read(settings).enrolment().orElseThrow();
    }

    @Test
    void oneTokenFileEnrolsTheHost() {
        settings.put("JOIN_TOKEN_FILE", "/etc/mesos-iam/join-token");

        EnrolmentSettings enrolment = enrolment();

        assertThat(enrolment.controllers())
                .containsExactly(URI.create("https://a.example:8444"), URI.create("https://[2001:db8::1]:8444"));
        assertThat(enrolment.proof())
                .isEqualTo(new ProofSource.Token(Optional.empty(), Optional.of(Path.of("/etc/mesos-iam/join-token"))));
        assertThat(enrolment.state()).isEqualTo(Path.of("/var/lib/mesos-iam-agent"));
        assertThat(read(settings).keyFiles().key()).isEqualTo(Path.of("/var/lib/mesos-iam-agent/current/key.pem"));
    }

    @Test
    void allSettingsOfEnrolmentAreRead() {
        settings.put("JOIN_TOKEN", TOKEN);
        settings.put("ENROL", "https://b.example:9444");
        settings.put("STATE", "/srv/../srv/agent");

        EnrolmentSettings enrolment = enrolment();

        assertThat(enrolment.controllers()).containsExactly(URI.create("https://b.example:9444"));
        assertThat(enrolment.proof())
                .isEqualTo(new ProofSource.Token(
                        Optional.of(new JoinToken(Secret.of(TOKEN), new RootPin(PIN))), Optional.empty()));
        assertThat(enrolment.state()).isEqualTo(Path.of("/srv/agent"));
        assertThat(read(settings).toString()).doesNotContain(SECRET);
    }

    @Test
    void onePinEnrolsAnEc2Instance() {
        settings.put("ENROL_PIN", PIN);

        assertThat(enrolment().proof()).isEqualTo(new ProofSource.Ec2(new RootPin(PIN)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "________________________________________=__",
                "mij_",
                "0123456789012345678901234567890123456789012x"
            })
    void malformedPinIsRefused(String pin) {
        settings.put("ENROL_PIN", pin);

        assertThatThrownBy(this::enrolment).hasMessageContaining("MESOS_IAM_AGENT_ENROL_PIN must be the pin");
    }

    @Test
    void hostWithItsOwnCertificateIsNotEnrolled() {
        assertThat(read(NEEDED).enrolment()).isEmpty();
        assertThat(read(NEEDED).keyFiles().ca()).isEqualTo(Path.of("/etc/mesos-iam/ca.pem"));
    }

    @ParameterizedTest
    @CsvSource({
        "ENROL, https://a.example:8444",
        "JOIN_TOKEN_FILE, /token",
        "ENROL_PIN, ------------------------------------------p",
        "STATE, /srv/agent",
    })
    void ownCertificateAndEnrolmentExcludeEachOther(String name, String value) {
        for (String file : new String[] {"CERTIFICATE", "KEY", "CA"}) {
            Map<String, String> both = new HashMap<>(settings);
            both.put(name, value);
            both.put(file, "/etc/mesos-iam/x.pem");

            assertThatThrownBy(() -> read(both))
                    .hasMessageContaining(
                            "MESOS_IAM_AGENT_" + name + " can't be set together with MESOS_IAM_AGENT_" + file);
        }
    }

    @Test
    void withoutEitherBothAreNamedInOneLine() {
        assertThatThrownBy(() -> read(settings))
                .hasMessageContaining(
                        "MESOS_IAM_AGENT_CERTIFICATE with KEY and CA must be set, or MESOS_IAM_AGENT_JOIN_TOKEN_FILE to enrol this host")
                .hasMessageNotContainingAny("MESOS_IAM_AGENT_KEY", "MESOS_IAM_AGENT_CA");
    }

    @ParameterizedTest
    @CsvSource({"JOIN_TOKEN, JOIN_TOKEN_FILE", "JOIN_TOKEN, ENROL_PIN", "JOIN_TOKEN_FILE, ENROL_PIN"})
    void twoProofsAreRefused(String one, String other) {
        settings.put(one, one.equals("JOIN_TOKEN") ? TOKEN : "/token");
        settings.put(other, other.equals("ENROL_PIN") ? PIN : "/token");

        assertThatThrownBy(this::enrolment)
                .hasMessageContaining(
                        "MESOS_IAM_AGENT_" + one + " or MESOS_IAM_AGENT_" + other + " can be set, and not both");
    }

    @ParameterizedTest
    @CsvSource({
        "ENROL, http://a.example:8444, must be https://host:port",
        "ENROL, https://a.example, must be https://host:port",
        "ENROL, https://a.example:8444/v1, must be https://host:port",
        "ENROL, 'https://user:secret@a.example:8444', must be https://host:port",
        "ENROL, a.example:8444, must be https://host:port",
        "STATE, var/agent, must be the absolute path",
        "STATE, /, must be the absolute path",
    })
    void wrongValuesAreRefused(String name, String value, String message) {
        settings.put(name, value);

        assertThatThrownBy(this::enrolment)
                .hasMessageContainingAll("MESOS_IAM_AGENT_" + name, message)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 35, 36, 37, 79, 80, 81, 123})
    void malformedTokenIsRefusedWithoutBeingShown(int position) {
        settings.put(
                "JOIN_TOKEN",
                new StringBuilder(TOKEN).replace(position, position + 1, "?").toString());

        assertThatThrownBy(this::enrolment)
                .hasMessageContaining("MESOS_IAM_AGENT_JOIN_TOKEN must be a join token")
                .hasMessageNotContainingAny(SECRET.substring(0, 20), PIN.substring(0, 20));
    }

    @Test
    void tokenOfAnotherLengthIsRefused() {
        for (String token : new String[] {TOKEN + "x", TOKEN.substring(1), TOKEN.substring(0, 123), "mij_"}) {
            assertThatThrownBy(() -> JoinToken.parse(token)).hasMessageContaining(token.length() + " characters");
        }
    }

    @Test
    void tokenFileIsReadEachTime() throws Exception {
        Path file = directory.resolve("token");
        settings.put("JOIN_TOKEN_FILE", file.toString());
        ProofSource.Token token = (ProofSource.Token) enrolment().proof();
        assertThat(token.read()).isEmpty();

        Files.writeString(file, "  " + TOKEN + "\n");
        assertThat(token.read()).contains(JoinToken.parse(TOKEN));

        Files.writeString(file, TOKEN + " " + TOKEN);
        assertThatThrownBy(token::read)
                .hasMessageContaining(file + ": its content must be a join token")
                .hasMessageNotContaining(SECRET);

        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(token::read).hasMessageContaining(file + " can't be read");
    }
}
