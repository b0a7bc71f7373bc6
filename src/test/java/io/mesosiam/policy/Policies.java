package io.mesosiam.policy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Creates policies for tests. A policy's id is derived from its name. */
public final class Policies {
    private Policies() {}

    public static Policy allow(String name, int priority, Selector... selectors) {
        return allow(name, "default", priority, gift(name), selectors);
    }

    public static Policy allow(
            String name, String credentialName, int priority, Entitlement gift, Selector... selectors) {
        return policy(name, priority, new Rule.Allow(new CredentialName(credentialName), gift), selectors);
    }

    public static Policy denyAll(String name, Selector... selectors) {
        return policy(name, 0, new Rule.Deny(Optional.empty()), selectors);
    }

    public static Policy deny(String name, String credentialName, Selector... selectors) {
        return policy(name, 0, new Rule.Deny(Optional.of(new CredentialName(credentialName))), selectors);
    }

    public static Policy disabled(Policy policy) {
        return new Policy(
                policy.id(),
                policy.namespace(),
                policy.name(),
                false,
                policy.priority(),
                policy.selectors(),
                policy.rule());
    }

    public static Policy policy(String name, int priority, Rule rule, Selector... selectors) {
        return new Policy(id(name), "/", name, true, priority, List.of(selectors), rule);
    }

    public static PolicyId id(String name) {
        return new PolicyId(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
    }

    public static Entitlement gift(String role) {
        return Entitlement.of(new IamRole("arn:aws:iam::123456789012:role/" + role));
    }

    public static Entitlement sensitive(Entitlement gift) {
        return gift.with(draft -> draft.sensitive = true);
    }

    public static Selector principal(String principal) {
        return new Selector.FrameworkPrincipal(principal);
    }

    public static Selector taskName(String glob) {
        return new Selector.TaskName(new Glob(glob));
    }

    public static Selector label(String key, String value) {
        return new Selector.HasLabel(key, Optional.of(value));
    }

    public static Selector rack(String value) {
        return new Selector.AgentAttribute("rack", Optional.of(value));
    }
}
