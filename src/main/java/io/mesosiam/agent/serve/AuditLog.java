package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.serve.Reading.Asked;
import java.util.function.Supplier;

/**
 * Writes who got what, and who didn't. Whoever is turned away over and over fills no log: the {@link AuditWindow} keeps lines back and
 * counts them. docs/agent.md lists the fields.
 */
final class AuditLog {
    private static final System.Logger LOG = System.getLogger("io.mesosiam.agent.audit");

    private final AuditWindow window;

    AuditLog(AuditWindow window) {
        this.window = window;
    }

    /** A lease's material left for this container. */
    void served(Attested attested, String name, Surface surface, Answer.Lease lease) {
        info(() -> "credentials served containerId=" + attested.container().id() + " leaseId=" + lease.leaseId()
                + " iamRoleArn=" + lease.iamRoleArn() + " name=" + name + " surface=" + surface.label() + " attestedBy="
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

    private void turnedAway(String what, Attested attested, Asked asked, String code) {
        String id = attested.container().id();
        window.pass(code + " " + id)
                .ifPresent(keptBack -> info(() -> subject(asked.ask()) + " " + what + " containerId=" + id
                        + detail(asked.ask()) + " surface=" + asked.surface().label() + " attestedBy=" + attested.by()
                        + " code=" + code + keptBack(keptBack)));
    }

    private void turnedAway(String what, Caller caller, Asked asked, String code, String reason) {
        window.pass(code + " " + caller.remote().getHostString())
                .ifPresent(
                        keptBack -> info(() -> subject(asked.ask()) + " " + what + " remoteAddress=" + caller.remote()
                                + detail(asked.ask()) + " surface="
                                + asked.surface().label() + " code=" + code + keptBack(keptBack) + " reason="
                                + reason));
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
        };
    }

    private static String detail(Ask ask) {
        return switch (ask) {
            case Ask.Credentials(String name) -> " name=" + name;
            case Ask.RoleDocument _, Ask.RoleList _ -> " name=" + Routes.DEFAULT_NAME;
            case Ask.MetadataToken _ -> "";
            case Ask.InstanceFact fact -> " path=" + fact.path();
        };
    }
}
