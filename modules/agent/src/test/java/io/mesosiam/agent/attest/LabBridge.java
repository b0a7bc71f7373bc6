package io.mesosiam.agent.attest;

import java.util.Optional;

/**
 * Two network namespaces on one bridge of the host, as CNI's bridge plugin links them: one layer-2 segment.
 *
 * @param name of the bridge
 * @param hostAddress the host's own on the bridge
 */
record LabBridge(String name, String hostAddress, LabNetwork victim, LabNetwork neighbour) implements AutoCloseable {
    private static final String NEIGHBOURS_LINK = "02:00:5e:10:00:03";

    /** Returns nothing if a bridge, namespace or link with this number exists. */
    static Optional<LabBridge> create(int subnet) {
        String name = "mib" + subnet;
        String prefix = "198.19." + (subnet >> 5) + ".";
        int base = (subnet & 31) << 3;
        String host = prefix + (base + 1);
        LabBridge bridge = new LabBridge(
                name,
                host,
                new LabNetwork(name + "v", prefix + (base + 2), host),
                new LabNetwork(name + "n", prefix + (base + 3), host));
        try {
            LabNetwork.run("ip link add " + name + " type bridge");
        } catch (IllegalStateException e) {
            ContainerLab.assume(LabNetwork.isTaken(e), "can't make a bridge: " + e.getMessage());
            return Optional.empty();
        }
        try {
            LabNetwork.run("ip addr add " + host + "/29 dev " + name);
            LabNetwork.run("ip link set " + name + " up");
            bridge.link(bridge.victim, "02:00:5e:10:00:02");
            bridge.link(bridge.neighbour, NEIGHBOURS_LINK);
        } catch (IllegalStateException e) {
            bridge.close();
            ContainerLab.assume(LabNetwork.isTaken(e), "can't make a bridge with two namespaces: " + e.getMessage());
            return Optional.empty();
        }
        return Optional.of(bridge);
    }

    private void link(LabNetwork network, String linkAddress) {
        String namespace = network.name();
        LabNetwork.run("ip netns add " + namespace);
        LabNetwork.run("ip link add " + namespace + "h type veth peer name eth0 netns " + namespace);
        LabNetwork.run("ip link set " + namespace + "h master " + name + " up");
        LabNetwork.run("ip -n " + namespace + " link set eth0 address " + linkAddress);
        LabNetwork.run("ip -n " + namespace + " addr add " + network.address() + "/29 dev eth0");
        LabNetwork.run("ip -n " + namespace + " link set eth0 up");
        LabNetwork.run("ip -n " + namespace + " link set lo up");
    }

    /** From now on, the host sends the victim's packets to the neighbour, as after ARP spoofing. */
    void hostTakesNeighbourForVictim() {
        LabNetwork.run("ip neigh replace " + victim.address() + " lladdr " + NEIGHBOURS_LINK + " dev " + name
                + " nud permanent");
    }

    /** Deletes the links first: a namespace exists as long as one of its orphaned sockets waits for its peer. */
    @Override
    public void close() {
        for (String command : new String[] {
            "ip link del " + victim.name() + "h",
            "ip link del " + neighbour.name() + "h",
            "ip netns del " + victim.name(),
            "ip netns del " + neighbour.name(),
            "ip link del " + name
        }) {
            try {
                LabNetwork.run(command);
            } catch (IllegalStateException notMade) {
                System.out.println("not removed: " + notMade.getMessage());
            }
        }
    }
}
