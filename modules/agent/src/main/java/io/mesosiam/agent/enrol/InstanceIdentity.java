package io.mesosiam.agent.enrol;

import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.local.HttpResponse;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * The identity document of this EC2 instance, signed by AWS: PKCS#7 that contains the document, with an RSA-2048 signature.
 * Another machine that knows it could enrol as this instance if it also had its address, so it is treated as a secret.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-rsa2048.html">RSA-2048 signature</a>
 */
record InstanceIdentity(HostMetadata metadata) {
    private static final String PATH = "/latest/dynamic/instance-identity/rsa2048";
    private static final int OK = 200;
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]+={0,2}");

    /**
     * The PKCS#7 in base64, in one line.
     *
     * @throws IOException if there is none
     */
    Secret read() throws IOException {
        HttpResponse answer;
        try {
            answer = metadata.first(session -> session.get(PATH));
        } catch (IOException e) {
            throw new IOException(
                    "no instance metadata service answers on this host: it is no EC2 instance, or the service is"
                            + " switched off for the instance or blocked. Enable it, or use a join token",
                    e);
        }
        String text = answer.text().replaceAll("\\s", "");
        if (answer.status() != OK || !BASE64.matcher(text).matches()) {
            throw new IOException("the instance metadata service gives no identity document (status " + answer.status()
                    + "): set MESOS_IAM_AGENT_ENROL_PIN only on an EC2 instance");
        }
        return Secret.of(text);
    }
}
