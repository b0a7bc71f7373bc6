package io.mesosiam.sandbox.sts;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The inline policies of IAM roles, by role name. Only sessions of one role may change them, as an IAM policy of a site
 * would state it.
 */
final class InlinePolicies {
    /** The role whose sessions may change inline policies. */
    static final String REVOKER = "mesos-iam-revoker";

    private final ConcurrentMap<String, Map<String, String>> byRole = new ConcurrentHashMap<>();

    Map<String, String> of(String roleName) {
        return Map.copyOf(byRole.getOrDefault(roleName, Map.of()));
    }

    void put(KnownKey caller, Map<String, String> parameters) throws StsError {
        require(caller, "iam:PutRolePolicy");
        String document = parameters.getOrDefault("PolicyDocument", "");
        if (document.isEmpty()) {
            throw new StsError(400, "MalformedPolicyDocument", "The policy is empty");
        }
        byRole.compute(parameters.getOrDefault("RoleName", ""), (_, before) -> {
            Map<String, String> policies = new TreeMap<>(before == null ? Map.of() : before);
            policies.put(parameters.getOrDefault("PolicyName", ""), document);
            return Map.copyOf(policies);
        });
    }

    void delete(KnownKey caller, Map<String, String> parameters) throws StsError {
        require(caller, "iam:DeleteRolePolicy");
        String role = parameters.getOrDefault("RoleName", "");
        String name = parameters.getOrDefault("PolicyName", "");
        if (!of(role).containsKey(name)) {
            throw new StsError(404, "NoSuchEntity", "The role policy with name " + name + " cannot be found.");
        }
        byRole.computeIfPresent(role, (_, before) -> {
            Map<String, String> policies = new TreeMap<>(before);
            policies.remove(name);
            return Map.copyOf(policies);
        });
    }

    private static void require(KnownKey caller, String action) throws StsError {
        if (caller.role().filter(arn -> arn.endsWith("/" + REVOKER)).isEmpty()) {
            throw new StsError(
                    403, "AccessDenied", "User: " + caller.arn() + " is not authorized to perform: " + action);
        }
    }
}
