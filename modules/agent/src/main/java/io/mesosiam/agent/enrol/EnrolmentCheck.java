package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.EnrolmentSettings;
import io.mesosiam.agent.config.ProofSource;
import io.mesosiam.agent.doctor.Check;
import io.mesosiam.agent.doctor.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks the rights on the stored key and the join token, and whether this host is enrolled or can enrol. */
public record EnrolmentCheck(EnrolmentSettings settings) implements Check {
    private static final String NAME = "enrolment";

    @Override
    public List<Finding> findings() {
        return Stream.concat(tokenRights(settings.proof()).stream(), Stream.of(host()))
                .toList();
    }

    /** A warning if other users can read the file of the join token: who has an unused token can enrol as this host. */
    static Optional<Finding> tokenRights(ProofSource proof) {
        return proof instanceof ProofSource.Token token
                ? token.file()
                        .flatMap(OwnFiles::rightsOfOthers)
                        .map(rights -> Finding.warning(
                                NAME,
                                "join token: " + rights,
                                "chmod 600 if no other user could read it, else ask your operator to revoke it, and for another one;"
                                        + " after its use, delete the file"))
                : Optional.empty();
    }

    private Finding host() {
        Optional<String> problem = Files.exists(settings.state()) ? StateDirectory.problem(settings) : Optional.empty();
        if (problem.isPresent()) {
            return Finding.failure(
                    NAME,
                    problem.get(),
                    "only the agent's user may have rights on MESOS_IAM_AGENT_STATE; run doctor as that user");
        }
        if (Files.exists(settings.current(), LinkOption.NOFOLLOW_LINKS)) {
            return Finding.ok(NAME, "this host is enrolled, only the agent's user can read its key");
        }
        return switch (settings.proof()) {
            case ProofSource.Token token -> withoutCertificate(token);
            case ProofSource.Ec2 _ ->
                Finding.warning(NAME, "this EC2 instance is not enrolled yet", "the log of the agent says why");
        };
    }

    private static Finding withoutCertificate(ProofSource.Token token) {
        try {
            return token.read().isPresent()
                    ? Finding.warning(
                            NAME, "this host is not enrolled yet, and has a join token", "the agent's log says why")
                    : Finding.failure(
                            NAME,
                            "this host is not enrolled, and has no join token",
                            "write one for this host to the file of MESOS_IAM_AGENT_JOIN_TOKEN_FILE");
        } catch (IOException e) {
            return Finding.failure(
                    NAME,
                    "this host is not enrolled: " + e.getMessage(),
                    "write the token that the controller showed to that file, for the agent's user to read");
        }
    }
}
