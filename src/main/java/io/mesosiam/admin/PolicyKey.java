package io.mesosiam.admin;

import java.util.regex.Pattern;

/** What identifies a policy for people and for the API: its namespace and its name. */
public record PolicyKey(String namespace, String name) {
    /** As the table's constraints demand it; a test compares them. */
    public static final String NAMESPACE = "/|(/[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){1,8}";

    public static final String NAME = "[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?";

    private static final Pattern NAMESPACE_FORM = Pattern.compile(NAMESPACE);
    private static final Pattern NAME_FORM = Pattern.compile(NAME);

    public PolicyKey {
        if (!NAMESPACE_FORM.matcher(namespace).matches()) {
            throw new IllegalArgumentException("namespace: must be a path such as /data/reporting, at most 8 deep");
        }
        if (!NAME_FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("name: must be 1 to 128 letters, digits or inner . _ -");
        }
    }

    /** The policy in a sentence. */
    public String described() {
        return "policy " + name + " in namespace " + namespace;
    }

    @Override
    public String toString() {
        return namespace.equals("/") ? name : namespace + "/" + name;
    }
}
