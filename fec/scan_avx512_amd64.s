#include "textflag.h"

DATA signs<>+0(SB)/1, $0x0a
DATA signs<>+1(SB)/1, $0x20
DATA signs<>+2(SB)/1, $0xc2
DATA signs<>+3(SB)/1, $0x1e
DATA signs<>+4(SB)/1, $0xc0
GLOBL signs<>(SB), RODATA|NOPTR, $5

// The places of the bytes of a block: 0 to 63.
DATA bytes<>+0(SB)/8, $0x0706050403020100
DATA bytes<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA bytes<>+16(SB)/8, $0x1716151413121110
DATA bytes<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA bytes<>+32(SB)/8, $0x2726252423222120
DATA bytes<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA bytes<>+48(SB)/8, $0x3736353433323130
DATA bytes<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL bytes<>(SB), RODATA|NOPTR, $64

// func scanAVX512(out *marks, odd *uint64, places, ends *uint32, b *byte, blocks, from, base int, sep byte, lax uint64) (n, lines int)
TEXT ·scanAVX512(SB), NOSPLIT, $0-96
	MOVQ out+0(FP), DI
	MOVQ odd+8(FP), R11
	MOVQ places+16(FP), DX
	MOVQ ends+24(FP), R15
	MOVQ b+32(FP), SI
	MOVQ blocks+40(FP), CX
	MOVQ from+48(FP), BX
	VPBROADCASTB sep+64(FP), Z0
	VPBROADCASTB signs<>+0(SB), Z1
	VPBROADCASTB signs<>+1(SB), Z2
	VPBROADCASTB signs<>+2(SB), Z13
	VPBROADCASTB signs<>+3(SB), Z14
	VPBROADCASTB signs<>+4(SB), Z15
	VMOVDQU64 bytes<>(SB), Z3
	VPBROADCASTD BX, Z11
	MOVL $64, AX
	VPBROADCASTD AX, Z12

	// What the byte before the first block is: R9 a separator or LF, R10 a blank.
	MOVBLZX -1(SI), AX
	XORQ R8, R8
	XORQ R9, R9
	XORQ R10, R10
	CMPB AX, sep+64(FP)
	SETEQ R8
	CMPB AX, $0x0a
	SETEQ R9
	CMPB AX, $0x20
	SETEQ R10
	ORQ R8, R9

next:
	VMOVDQU64 (SI), Z4
	VPCMPEQB Z4, Z0, K1
	VPCMPEQB Z4, Z1, K2
	VPCMPEQB Z4, Z2, K3
	VPMOVB2M Z4, K4
	VPCMPUB $1, Z2, Z4, K5
	VPSUBB Z13, Z4, Z16
	VPCMPUB $1, Z14, Z16, K6
	VPCMPB $1, Z15, Z4, K7
	KORQ K2, K1, K1
	KANDNQ K5, K1, K5
	KMOVQ K1, R8
	KMOVQ K3, BX
	KMOVQ K4, AX
	KMOVQ K5, R12
	VPCOMPRESSB.Z Z3, K1, Z9
	MOVQ AX, 0(DI)
	MOVQ R12, 8(DI)

	// Letters of two bytes: C2 to DF, then 80 to BF.
	KMOVQ K6, R14
	KMOVQ K7, R13
	SHRQ $1, R13
	ANDQ R14, R13
	LEAQ (R13)(R13*1), R14
	ORQ R14, R13
	ANDQ lax+72(FP), R13
	NOTQ R13
	ANDQ R13, AX
	ORQ AX, R12
	KMOVQ K2, AX

	// blanks & (seps<<1 | seps>>1 | wasSep) | seps & wasBlank
	LEAQ (R9)(R8*2), R13
	MOVQ R8, R14
	SHRQ $1, R14
	ORQ R14, R13
	ANDQ BX, R13
	ANDQ R8, R10
	ORQ R10, R13
	MOVQ R8, R9
	SHRQ $63, R9
	MOVQ BX, R10
	SHRQ $63, R10
	MOVQ R13, 16(DI)
	ORQ R12, R13
	MOVQ R13, (R11)

	// Which of the places the first LF is; it is written over where there is none.
	MOVQ DX, R12
	SUBQ places+16(FP), R12
	SHRQ $2, R12
	ADDQ base+56(FP), R12
	BLSIQ AX, R14
	DECQ R14
	ANDQ R8, R14
	POPCNTQ R14, R14
	ADDQ R12, R14
	MOVL R14, (R15)
	POPCNTQ AX, R13
	CMPQ R13, $1
	JA lines
	LEAQ (R15)(R13*4), R15

places:
	// Sixteen places at a time: what is written beyond the last one is written over.
	POPCNTQ R8, AX
	MOVQ DX, R14
	LEAQ (DX)(AX*4), DX

more:
	VPMOVZXBD X9, Z10
	VPADDD Z11, Z10, Z10
	VMOVDQU32 Z10, (R14)
	VALIGNQ $2, Z9, Z9, Z9
	ADDQ $64, R14
	CMPQ R14, DX
	JB more

	VPADDD Z12, Z11, Z11
	ADDQ $64, SI
	ADDQ $24, DI
	ADDQ $8, R11
	DECQ CX
	JNE next
	VZEROUPPER
	SUBQ places+16(FP), DX
	SHRQ $2, DX
	MOVQ DX, n+80(FP)
	SUBQ ends+24(FP), R15
	SHRQ $2, R15
	MOVQ R15, lines+88(FP)
	RET

lines:
	BLSIQ AX, R14
	DECQ R14
	ANDQ R8, R14
	POPCNTQ R14, R14
	ADDQ R12, R14
	MOVL R14, (R15)
	ADDQ $4, R15
	BLSRQ AX, AX
	JNE lines
	JMP places
