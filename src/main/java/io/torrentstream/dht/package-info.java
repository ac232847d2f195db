/**
 * A node of the Mainline DHT (BEP 5, 32, 33, 42, 43, 44, 51): datagrams in, datagrams out.
 *
 * <p>{@link io.torrentstream.dht.DhtNode} is the node. What it is told and says is a {@link
 * io.torrentstream.dht.KrpcMessage}; whom it knows is in a {@link
 * io.torrentstream.dht.RoutingTable}; what it looks for is a {@link io.torrentstream.dht.Lookup};
 * what it keeps for others is in {@link io.torrentstream.dht.PeerStore} and {@link
 * io.torrentstream.dht.ItemStore}. Pure: the time, chance and the way to send come from outside.
 * Everything is confined to the thread that drives the node.
 */
package io.torrentstream.dht;
