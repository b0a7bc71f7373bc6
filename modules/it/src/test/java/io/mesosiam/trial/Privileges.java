package io.mesosiam.trial;

/** What this process may do. */
final class Privileges {
    private Privileges() {}

    /** Whether it is root, which cgroups, mounts and network namespaces require. */
    static boolean root() {
        return System.getProperty("user.name").equals("root");
    }
}
