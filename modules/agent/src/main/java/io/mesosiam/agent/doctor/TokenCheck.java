package io.mesosiam.agent.doctor;

import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.local.HttpResponse;
import java.io.IOException;
import java.util.List;

/**
 * Checks whether the host's metadata service demands a token. Mesos's URI fetcher, which runs beside the Mesos agent, can be
 * made to send a GET to any address, but no PUT and no header. Has no finding if no service answers this process, or the
 * agent answers in its place.
 */
public record TokenCheck(HostMetadata metadata) implements Check {
    private static final String NAME = "token";

    /** The list of names below it, without values. */
    private static final String PATH = "/latest/meta-data/";

    private static final int OK = 200;

    @Override
    public List<Finding> findings() {
        HttpResponse answer;
        try {
            answer = metadata.withoutToken(PATH);
        } catch (IOException noService) {
            return List.of();
        }
        if (ReachRequest.isAgentsBody(answer.text())) {
            return List.of();
        }
        return List.of(
                answer.status() == OK
                        ? Finding.warning(
                                NAME,
                                "the metadata service answers a request without a token: a URI of a task makes Mesos's fetcher"
                                        + " write credentials of the host's role, or its signed identity, into a sandbox",
                                "set HttpTokens=required for the instance (aws ec2 modify-instance-metadata-options), see"
                                        + " docs/aws-setup.md")
                        : Finding.ok(NAME, "the metadata service does not answer a request without a token"));
    }
}
