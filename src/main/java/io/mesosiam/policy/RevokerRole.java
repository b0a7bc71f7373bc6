package io.mesosiam.policy;

import java.util.Optional;

/**
 * The IAM role with which controllers deny sessions at AWS. It may change the roles of tasks, so no policy and no launch grant
 * gives it.
 *
 * @param name its name, the same in each account; empty if sessions are not denied
 */
public record RevokerRole(Optional<String> name) {
    /** The setting that names it. */
    public static final String SETTING = "mesos-iam.revoke.role-name";

    /** Sessions are not denied. */
    public static final RevokerRole NONE = new RevokerRole(Optional.empty());

    /** Why a row or a request that gives it is refused. */
    public static final String REFUSAL = "is the role of " + SETTING + ", which may change the roles of tasks";

    /** Whether an ARN has this name, with any path. An account has no two roles whose names differ in case alone. */
    public boolean is(String arn) {
        return name.filter(arn.substring(arn.lastIndexOf('/') + 1)::equalsIgnoreCase)
                .isPresent();
    }

    /**
     * The role of a row that gives it.
     *
     * @throws IllegalArgumentException if it is this role
     */
    public IamRole given(String arn) {
        if (is(arn)) {
            throw new IllegalArgumentException("it " + REFUSAL);
        }
        return new IamRole(arn);
    }
}
