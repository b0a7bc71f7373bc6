package io.mesosiam.agent.doctor;

/** What the agent's programs in the kernel (BPF) need. */
final class KernelPrograms {
    private KernelPrograms() {}

    /** @param page where more of it is written, such as {@code docs/agent.md} */
    static String cure(String page, Place place) {
        return "run this with SYS_ADMIN and NET_ADMIN, use Linux 5.15 or later with BTF, mount cgroups v2 also beside"
                + " v1, and allow bpf in "
                + place.cure("the unit's SystemCallFilter", "the container's seccomp profile") + "; see " + page;
    }
}
