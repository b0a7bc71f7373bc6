package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.serve.ParsedRequest.Asked;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Writes who got what, and who didn't. Whoever is turned away over and over fills no log: the {@link AuditWindow} keeps lines back and
 * counts them. docs/agent.md lists the fields.
 */
final class AuditLog {
    private static final System.Logger LOG = System.getLogger("io.mesosiam.agent.audit");

    private static final int MAX_TEXT = 128;
    private static final Pattern NOT_PLAIN = Pattern.compile("[^A-Za-z0-9/._~:@%+*\\[\\]-]");

    private final AuditWindow window;

    AuditLog(AuditWindow window) {
        this.window = window;
    }

    /** A lease's material left for this container. */
    void served(Attested attested, String name, CredentialApi api, Answer.Lease lease) {
        info(() -> "credentials served containerId=" + attested.container().id() + " leaseId=" + lease.leaseId()
                + " iamRoleArn=" + lease.iamRoleArn() + " name=" + name + " surface=" + api.label() + " attestedBy="
                + attested.by()
                + (lease.containerId().equals(attested.container().id())
                        ? ""
                        : " throughContainerId=" + lease.containerId()));
    }

    /** Something that is no credential did. */
    void told(Attested attested, Ask ask) {
        info(() -> subject(ask) + " served containerId=" + attested.container().id() + detail(ask) + " attestedBy="
                + attested.by());
    }

    void refused(Attested attested, Asked asked, String code) {
        turnedAway("refused", attested, asked, code);
    }

    void notReady(Attested attested, Asked asked, String code) {
        turnedAway("not ready", attested, asked, code);
    }

    void refused(Caller caller, Asked asked, String code, String reason) {
        turnedAway("refused", caller, asked, code, reason);
    }

    void notReady(Caller caller, Asked asked, String code, String reason) {
        turnedAway("not ready", caller, asked, code, reason);
    }

    /**
     * A request that was refused before its caller was looked up. Method and path are the caller's own text: they are cut and every
     * character that could forge a line or a field is replaced. The query is left out.
     */
    void turnedAway(InetSocketAddress remote, String method, URI target, String code) {
        window.pass(code + " " + remote.getHostString())
                .ifPresent(keptBack -> info(() -> "request refused remoteAddress=" + remote + " method=" + plain(method)
                        + " path=" + plain(target.toString()) + " code=" + code + keptBack(keptBack)));
    }

    private static String plain(String text) {
        int query = text.indexOf('?');
        String path = query < 0 ? text : text.substring(0, query);
        String start = path.length() <= MAX_TEXT ? path : path.substring(0, MAX_TEXT) + "...";
        return NOT_PLAIN.matcher(start).replaceAll("_");
    }

    private void turnedAway(String what, Attested attested, Asked asked, String code) {
        String id = attested.container().id();
        window.pass(code + " " + id)
                .ifPresent(keptBack -> info(() -> subject(asked.ask()) + " " + what + " containerId=" + id
                        + detail(asked.ask()) + " surface=" + asked.api().label() + " attestedBy=" + attested.by()
                        + " code=" + code + keptBack(keptBack)));
    }

    private void turnedAway(String what, Caller caller, Asked asked, String code, String reason) {
        window.pass(code + " " + caller.remote().getHostString())
                .ifPresent(
                        keptBack -> info(() -> subject(asked.ask()) + " " + what + " remoteAddress=" + caller.remote()
                                + detail(asked.ask()) + " surface="
                                + asked.api().label() + " code=" + code + keptBack(keptBack) + " reason="
                                + LogValue.of(reason)));
    }

    private static String keptBack(long lines) {
        return lines == 0 ? "" : " linesKeptBack=" + lines;
    }

    private static void info(Supplier<String> line) {
        LOG.log(System.Logger.Level.INFO, line);
    }

    private static String subject(Ask ask) {
        return switch (ask) {
            case Ask.Credentials _, Ask.RoleDocument _ -> "credentials";
            case Ask.RoleList _ -> "role name";
            case Ask.MetadataToken _ -> "metadata token";
            case Ask.InstanceFact _ -> "instance metadata";
            case Ask.IdentityDocument _ -> "instance identity document";
        };
    }

    private static String detail(Ask ask) {
        return switch (ask) {
            case Ask.Credentials(String name) -> " name=" + name;
            case Ask.RoleDocument _, Ask.RoleList _ -> " name=" + Routes.DEFAULT_NAME;
            case Ask.MetadataToken _, Ask.IdentityDocument _ -> "";
            case Ask.InstanceFact fact -> " path=" + fact.path();
        };
    }
}
