package io.mesosiam.preview;

import io.mesosiam.policy.Entitlement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What differs between two gifts, in the words of the API. Values are not shown: an external id is confidential. */
final class GiftChange {
    private static final Map<String, Function<Entitlement, Object>> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("sessionName", Entitlement::sessionName);
        PARTS.put("sessionPolicy", Entitlement::sessionPolicy);
        PARTS.put("sessionPolicyArns", Entitlement::sessionPolicyArns);
        PARTS.put("tags", Entitlement::tags);
        PARTS.put("transitiveTags", Entitlement::transitiveTags);
        PARTS.put("sourceIdentity", Entitlement::sourceIdentity);
        PARTS.put("externalId", Entitlement::externalId);
        PARTS.put("region", Entitlement::region);
        PARTS.put("viaRoleArn", Entitlement::via);
        PARTS.put("defaultTags", Entitlement::defaultTags);
        PARTS.put("sessionLengthSeconds", Entitlement::sessionLength);
        PARTS.put("leaseTtlSeconds", Entitlement::leaseTtl);
        PARTS.put("sharing", Entitlement::sharing);
        PARTS.put("prefetch", Entitlement::prefetch);
        PARTS.put("sensitive", Entitlement::sensitive);
    }

    private GiftChange() {}

    static List<String> between(Gift before, Gift after) {
        List<String> changed = new ArrayList<>();
        if (!before.role().equals(after.role())) {
            changed.add("iamRoleArn");
        }
        if (!before.policy().policyRow().equals(after.policy().policyRow())) {
            changed.add("policyId");
        }
        if (!before.policy().grantRow().equals(after.policy().grantRow())) {
            changed.add("grantId");
        }
        PARTS.forEach((name, part) -> {
            boolean same = before.entitlement()
                    .flatMap(one ->
                            after.entitlement().map(other -> part.apply(one).equals(part.apply(other))))
                    .orElse(true);
            if (!same) {
                changed.add(name);
            }
        });
        if (changed.isEmpty() && !before.identityHash().equals(after.identityHash())) {
            changed.add("session");
        }
        return changed;
    }
}
