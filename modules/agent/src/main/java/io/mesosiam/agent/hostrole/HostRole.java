package io.mesosiam.agent.hostrole;

import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.local.HostMetadata.Session;
import io.mesosiam.agent.local.HttpResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The IAM role of the host itself, by the instance metadata service of EC2. */
public sealed interface HostRole {
    /** No metadata service answers on the host, or it has no role. */
    record None() implements HostRole {}

    /**
     * The host has a role with this name.
     *
     * @param account the AWS account of the role, 12 digits; empty if the metadata service doesn't state it
     */
    record Present(String name, Optional<String> account) implements HostRole {}

    /** A metadata service answers, but doesn't say whether there is a role. */
    record Unknown(String reason) implements HostRole {}

    /** A name of IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
    Pattern NAME = Pattern.compile("[A-Za-z0-9_+=,.@-]{1,64}");

    /** The credentials are below it; this path itself has the name alone. */
    String PATH = "/latest/meta-data/iam/security-credentials/";

    /** Names the instance profile, whose role is in the same account. */
    String PROFILE_PATH = "/latest/meta-data/iam/info";

    Pattern PROFILE = Pattern.compile(
            "\"InstanceProfileArn\"\\s*:\\s*\"arn:aws[a-z-]*:iam::(?<account>[0-9]{12}):instance-profile/");

    /** Asks for the name of the role and its account, never for its credentials. */
    static HostRole ask(HostMetadata metadata) {
        try {
            return metadata.first(HostRole::answered);
        } catch (IOException e) {
            return new None();
        }
    }

    /** The role by an open session. */
    static HostRole answered(Session session) throws IOException {
        HttpResponse list = session.get(PATH);
        if (list.status() == 404) {
            // the path exists only with a role
            return new None();
        }
        if (list.status() != 200) {
            return new Unknown("the metadata service answers with status " + list.status());
        }
        String name = list.text().strip();
        return NAME.matcher(name).matches()
                ? new Present(name, account(session))
                : new Unknown("the metadata service answers with no name of a role");
    }

    private static Optional<String> account(Session session) {
        try {
            HttpResponse info = session.get(PROFILE_PATH);
            Matcher profile = PROFILE.matcher(info.text());
            return info.status() == 200 && profile.find() ? Optional.of(profile.group("account")) : Optional.empty();
        } catch (IOException e) {
            // the role is known all the same
            return Optional.empty();
        }
    }
}
