// Joins two network namespaces by a TUN device in each, called bench0, and hands every packet on after a delay:
// delay NAMESPACE NAMESPACE MICROSECONDS. It polls, so that a server's write wakes nobody.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define QUEUE 8192

struct packet {
  long due_ns;
  int length;
  char bytes[1600];
};

static long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_tun(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "/var/run/netns/%s", name);
  int namespace = open(path, O_RDONLY);
  if (namespace < 0 || setns(namespace, CLONE_NEWNET)) fail(path);
  close(namespace);
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strcpy(request.ifr_name, "bench0");
  if (device < 0 || ioctl(device, TUNSETIFF, &request)) fail("/dev/net/tun");
  return device;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  int devices[2] = {open_tun(arguments[1]), open_tun(arguments[2])};
  long delay_ns = atol(arguments[3]) * 1000;
  struct packet *queues[2] = {calloc(QUEUE, sizeof(struct packet)), calloc(QUEUE, sizeof(struct packet))};
  unsigned heads[2] = {0, 0}, tails[2] = {0, 0};
  puts("ready");
  fflush(stdout);
  for (;;) {
    int is_idle = 1;
    for (int side = 0; side < 2; side++) {
      while (heads[side] - tails[side] < QUEUE) {
        struct packet *packet = &queues[side][heads[side] % QUEUE];
        packet->length = read(devices[side], packet->bytes, sizeof packet->bytes);
        if (packet->length <= 0) break;
        packet->due_ns = now_ns() + delay_ns;
        heads[side]++;
        is_idle = 0;
      }
      for (long now = now_ns(); tails[side] != heads[side]; tails[side]++) {
        struct packet *packet = &queues[side][tails[side] % QUEUE];
        if (packet->due_ns > now) break;
        // fails only while the other side is not up yet, and TCP sends again
        if (write(devices[!side], packet->bytes, packet->length) < 0) continue;
        is_idle = 0;
      }
    }
    if (is_idle) sched_yield();
  }
}
