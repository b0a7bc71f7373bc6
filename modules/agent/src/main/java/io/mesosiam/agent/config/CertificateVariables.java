package io.mesosiam.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the settings of the agent's certificate: either its files, or how the host is enrolled. */
final class CertificateVariables {
    private static final List<String> FILES = List.of("CERTIFICATE", "KEY", "CA");
    private static final List<String> ENROLMENT =
            List.of("ENROL", "ENROL_PIN", "JOIN_TOKEN_FILE", "JOIN_TOKEN", "STATE");

    private static final int USUAL_PORT = 8444;

    private CertificateVariables() {}

    /** @param controllers the controllers' agent ports; the enrolment ports are on the same hosts by default */
    static CertificateSource source(Variables in, List<URI> controllers) {
        List<String> files = set(in, FILES);
        List<String> enrolment = set(in, ENROLMENT);
        if (!files.isEmpty() && !enrolment.isEmpty()) {
            in.wrong(
                    enrolment.getFirst(),
                    "can't be set together with " + AgentConfig.PREFIX + files.getFirst()
                            + ": a host whose certificate the site's own PKI issues is not enrolled");
        }
        return enrolment.isEmpty() ? provided(in, files.isEmpty()) : enrolled(in, controllers);
    }

    private static List<String> set(Variables in, List<String> names) {
        // reads all, so that all are known
        return names.stream().filter(name -> in.text(name).isPresent()).toList();
    }

    private static CertificateSource provided(Variables in, boolean none) {
        if (none) {
            in.wrong(
                    "CERTIFICATE",
                    "with KEY and CA must be set, or " + AgentConfig.PREFIX
                            + "JOIN_TOKEN_FILE to enrol this host with a join token, or " + AgentConfig.PREFIX
                            + "ENROL_PIN to enrol an EC2 instance");
            return new CertificateSource.Provided(new AgentConfig.KeyFiles(Path.of(""), Path.of(""), Path.of("")));
        }
        return new CertificateSource.Provided(
                new AgentConfig.KeyFiles(in.path("CERTIFICATE"), in.path("KEY"), in.path("CA")));
    }

    private static CertificateSource enrolled(Variables in, List<URI> controllers) {
        String usual = controllers.stream()
                .map(uri -> "https://" + uri.getHost() + ":" + USUAL_PORT)
                .distinct()
                .collect(Collectors.joining(","));
        return new CertificateSource.Enrolled(new EnrolmentSettings(
                in.list("ENROL", usual, CertificateVariables::enrolmentPort),
                proof(in),
                in.value("STATE", "/var/lib/mesos-iam-agent", CertificateVariables::state, Path.of("/"))));
    }

    private static ProofSource proof(Variables in) {
        List<String> proofs = set(in, List.of("JOIN_TOKEN", "JOIN_TOKEN_FILE", "ENROL_PIN"));
        if (proofs.size() > 1) {
            in.wrong(proofs.getFirst(), "or " + AgentConfig.PREFIX + proofs.get(1) + " can be set, and not both");
        }
        if (proofs.contains("ENROL_PIN")) {
            return new ProofSource.Ec2(in.value("ENROL_PIN", "", RootPin::parse, new RootPin("")));
        }
        return new ProofSource.Token(
                in.text("JOIN_TOKEN").flatMap(text -> token(in, text)),
                in.text("JOIN_TOKEN_FILE").map(Path::of));
    }

    /** A wrong token is not shown, as other wrong values are. */
    private static Optional<JoinToken> token(Variables in, String text) {
        try {
            return Optional.of(JoinToken.parse(text));
        } catch (IllegalArgumentException e) {
            in.wrong("JOIN_TOKEN", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Path state(String text) {
        Path path = Path.of(text).normalize();
        if (!path.isAbsolute() || path.getNameCount() == 0) {
            throw new IllegalArgumentException("must be the absolute path of a directory for the agent alone");
        }
        return path;
    }

    private static URI enrolmentPort(String text) {
        String form = "must be https://host:port with the controller's enrolment port, " + USUAL_PORT + " by default";
        URI uri = AgentConfig.url(text, form);
        boolean more = Stream.of(uri.getRawQuery(), uri.getRawFragment(), uri.getRawUserInfo())
                .anyMatch(part -> part != null);
        if (!"https".equals(uri.getScheme())
                || uri.getHost() == null
                || more
                || !(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                || uri.getPort() < 1
                || uri.getPort() > 65535) {
            throw new IllegalArgumentException(form);
        }
        return uri;
    }
}
