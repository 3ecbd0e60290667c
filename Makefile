# rote: make demo | make check | make check-all | make | make install PREFIX=...
# Variants: CC=clang, OPT=-O2, DOUBLE=1 (gradient checks), SAN=address,undefined | thread, STATIC=1.
CC      ?= gcc
OPT     ?= -O3
DOUBLE  ?=
SAN     ?=
BUILD   ?= build/release
PREFIX  ?= /usr/local

WARN    := -Wall -Wextra -Wshadow -Wconversion
CFLAGS  ?= $(OPT) -g
NUMERIC := -ffp-contract=off -fno-math-errno -fno-trapping-math
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) $(NUMERIC) -fopenmp -I. -MMD -MP $(DEFS) $(SANFLAGS)
DEFS    := -D_GNU_SOURCE $(if $(DOUBLE),-DROTE_DOUBLE)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
LIBS    := -lyaml -ljansson -lxxhash -lz -ldl -lm
LDFLAGS ?=
ROOMS   := base data model eval train
ARCH    := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))

# One object set per instruction set, from one source (model/kernels/ops.h).
ifeq ($(DOUBLE),1)
ISAS := portable
else ifeq ($(ARCH),x86_64)
ISAS := portable avx2 avx512
else ifneq ($(filter aarch64 arm64,$(ARCH)),)
ISAS := portable neon
else
ISAS := portable
endif
FLAGS_portable :=
FLAGS_avx2     := -mavx2 -mfma
FLAGS_avx512   := -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512
FLAGS_neon     :=

KERNEL_SRC := $(wildcard model/kernels/*.c)
SRC        := $(foreach r,$(ROOMS),$(wildcard $(r)/*.c))
OBJ        := $(SRC:%.c=$(BUILD)/%.o) $(foreach i,$(ISAS),$(KERNEL_SRC:model/kernels/%.c=$(BUILD)/$(i)/%.o))
CLI_OBJ    := $(patsubst %.c,$(BUILD)/%.o,$(wildcard cli/*.c))
LIB        := $(BUILD)/librote.a

.DELETE_ON_ERROR:
.PHONY: all clean
all: rote

rote: $(BUILD)/rote
	cp $< $@

$(BUILD)/rote: $(CLI_OBJ) $(LIB)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(LIB): $(OBJ)
	rm -f $@
	ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

define isa_rule
$(BUILD)/$(1)/%.o: model/kernels/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(FLAGS_$(1)) -DISA=$(1) -DISA_$(1)=1 -c $$< -o $$@
endef
$(foreach i,$(ISAS),$(eval $(call isa_rule,$(i))))
DEFS += $(foreach i,$(ISAS),-DHAVE_$(i)=1)

clean:
	rm -rf build rote

-include $(OBJ:.o=.d) $(CLI_OBJ:.o=.d)
